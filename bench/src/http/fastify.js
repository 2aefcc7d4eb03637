// Plain Fastify: the schemas of tsmicro's variant, for parameters, body and answer.
import { fastify } from 'fastify';
import { enveloped, lengths, profileOf, register } from './exchange.js';

const string = { type: 'string' };
const id = { type: 'string', format: 'uuid' };
const email = { type: 'string', format: 'email' };
const url = { type: 'string', format: 'uri' };
const text = ({ minimum, maximum }) => ({ type: 'string', minLength: minimum, maxLength: maximum });
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });

const params = object({ id });
const body = object({
  name: text(lengths.name),
  email,
  password: text(lengths.password),
  profilePicUrl: url,
  bio: text(lengths.bio),
});
const profile = object({
  id,
  name: string,
  email,
  profilePicUrl: url,
  bio: string,
  followers: { type: 'integer' },
  verified: { type: 'boolean' },
});
const response = {
  200: object({ code: string, status: { type: 'integer' }, message: string, data: profile }),
};

export function listen(port) {
  const app = fastify();
  app.get('/profiles/:id', { schema: { params, response } }, async (request) =>
    enveloped(profileOf(request.params.id)),
  );
  app.post('/profiles', { schema: { body, response } }, async (request) => enveloped(register(request.body)));
  return app.listen({ port, host: '127.0.0.1' });
}
