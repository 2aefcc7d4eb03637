// The limit: node:http alone, the path told by hand, the body checked by hand.
import { createServer } from 'node:http';
import { enveloped, lengths, profileOf, register } from './exchange.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const prefix = '/profiles/';

function send(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

const within = (text, { minimum, maximum }) =>
  typeof text === 'string' && text.length >= minimum && text.length <= maximum;

const isRegistration = ({ name, email, password, profilePicUrl, bio }) =>
  within(name, lengths.name) &&
  within(password, lengths.password) &&
  within(bio, lengths.bio) &&
  typeof email === 'string' &&
  email.includes('@') &&
  typeof profilePicUrl === 'string' &&
  profilePicUrl.startsWith('http');

function receive(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString());
    if (isRegistration(body)) send(response, 200, enveloped(register(body)));
    else send(response, 400, { message: 'not a registration' });
  });
}

export function listen(port) {
  const server = createServer((request, response) => {
    const { method, url } = request;
    if (method === 'GET' && url.startsWith(prefix)) {
      const id = url.slice(prefix.length);
      if (uuid.test(id)) send(response, 200, enveloped(profileOf(id)));
      else send(response, 400, { message: 'not an id' });
    } else if (method === 'POST' && url === '/profiles') receive(request, response);
    else send(response, 404, { message: 'not found' });
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
}
