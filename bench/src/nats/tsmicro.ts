// tsmicro as a service uses it: an endpoint of a contract, a controller on a router, requestNats; both messages are checked on
// both sides, every request carries its deadline, the endpoint counts for $SRV.STATS.
import {
  Controller,
  connectNats,
  createRouter,
  defineEndpoint,
  type NatsGroup,
  requestNats,
} from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';
import { type Holder, holder, patienceMs, type Question, tokenLength } from './conversation.js';

const Asked = Type.Object({
  token: Type.String({ minLength: tokenLength.minimum, maxLength: tokenLength.maximum }),
});
const Answered = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  email: Type.String({ format: 'email' }),
  roles: Type.Array(Type.String()),
  profilePicUrl: Type.String({ format: 'http-url' }),
  verified: Type.Boolean(),
  expiresAt: Type.String(),
});

const endpoint = defineEndpoint({
  service: 'tsmicro',
  name: 'holder',
  request: Asked,
  reply: Answered,
  summary: 'Who holds this token?',
});

class HolderController extends Controller {
  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(endpoint, () => holder());
  }
}

/** Starts the service; gives what closes it. */
export async function respond(natsUrl: string): Promise<() => Promise<void>> {
  const natsClient = await connectNats({ natsUrl, natsServiceName: 'tsmicro', natsServiceVersion: '1.0.0' });
  const router = createRouter({ natsClient });
  router.loadControllers([new HolderController('/')]);
  await router.start({ host: '127.0.0.1', port: 0 });
  return async () => {
    await router.close();
    await natsClient.close();
  };
}

/** Connects; gives what asks. */
export async function request(natsUrl: string): Promise<(question: Question) => Promise<Holder>> {
  const natsClient = await connectNats({
    natsUrl,
    natsServiceName: 'asker',
    natsServiceVersion: '1.0.0',
    timeoutMs: patienceMs,
  });
  return (question) => requestNats(natsClient, endpoint, question);
}
