// tsmicro's router as a service uses it; on top of what the others do, every answer has its request id, every request its
// deadline, and clients that misbehave meet the server's bounds.
import { Controller, createRouter, type Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { lengths, profileOf, register } from './exchange.js';

const text = ({ minimum, maximum }: { minimum: number; maximum: number }) =>
  Type.String({ minLength: minimum, maxLength: maximum });

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Registration = Type.Object({
  name: text(lengths.name),
  email: Type.String({ format: 'email' }),
  password: text(lengths.password),
  profilePicUrl: Type.String({ format: 'http-url' }),
  bio: text(lengths.bio),
});
const Profile = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  email: Type.String({ format: 'email' }),
  profilePicUrl: Type.String({ format: 'http-url' }),
  bio: Type.String(),
  followers: Type.Integer(),
  verified: Type.Boolean(),
});

class ProfileController extends Controller {
  mountRoutes(routes: Routes): void {
    routes.get('/:id', { params: Id, data: Profile }, ({ params }) => profileOf(params.id));
    routes.post('/', { body: Registration, data: Profile }, ({ body }) => register(body));
  }
}

/** Opens the server; resolves when it listens. */
export async function listen(port: number): Promise<void> {
  const router = createRouter();
  router.loadControllers([new ProfileController('/profiles')]);
  await router.start({ host: '127.0.0.1', port });
}
