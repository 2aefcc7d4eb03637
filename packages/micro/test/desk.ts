import {
  Controller,
  connectNats,
  createRouter,
  defineEndpoint,
  type NatsClient,
  type NatsGroup,
  type Router,
} from '@tsmicro/micro';
import { currentContext, notFound, type RequestContext, timeLeftMs } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { type Server, startNats } from '@tsmicro/stack';

export const Question = Type.Object({ value: Type.String({ notBlank: true }) });
export const Answer = Type.Object({ value: Type.String(), seconds: Type.Optional(Type.Number()) });

const at = { service: 'desk', path: '/front/row', request: Question, reply: Answer };
/** Answers with what it was asked. */
export const echo = defineEndpoint({ ...at, name: 'echo', summary: 'Says it again' });
/** Throws what its question names. */
export const fail = defineEndpoint({ ...at, name: 'fail', summary: 'Fails' });
/** Answers when the test lets it. */
export const slow = defineEndpoint({ ...at, name: 'slow', summary: 'Takes its time' });
/** Nobody mounts this. */
export const nobody = defineEndpoint({ ...at, name: 'nobody', summary: 'Is not there' });

/** A feature whose endpoints behave in every way that a caller may meet. */
export class Desk extends Controller {
  readonly contexts: RequestContext[] = [];
  readonly waiting: (() => void)[] = [];
  arrived = Promise.withResolvers<void>();

  constructor() {
    super('/front/row');
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(echo, async ({ value }, context) => {
      this.contexts.push(context);
      const seconds = (timeLeftMs() ?? 0) / 1_000;
      return { value: currentContext() === context ? value : 'lost', seconds, secret: 'stays here' };
    });
    group.addEndpoint(fail, ({ value }) => {
      if (value === 'fault') throw Object.assign(new Error('secret host'), { fault: 'timeout' });
      if (value === 'bug') throw new Error('secret cause');
      throw notFound(value);
    });
    group.addEndpoint(slow, async ({ value }) => {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        this.arrived.resolve();
      });
      return { value };
    });
  }
}

/** A desk that listens, and a client of its own that asks. */
export interface OpenDesk extends AsyncDisposable {
  server: Server;
  desk: Desk;
  router: Router;
  client: NatsClient;
  address: string;
}

/** Opens a NATS server, a desk on it, and a client. */
export async function openDesk(): Promise<OpenDesk> {
  const server = await startNats();
  const options = { natsUrl: server.url, natsServiceName: 'desk', natsServiceVersion: '1.2.3' };
  const natsClient = await connectNats(options);
  const client = await connectNats({ ...options, natsServiceName: 'asker' });
  const desk = new Desk();
  const router = createRouter({ natsClient, description: 'A desk' });
  router.loadControllers([desk]);
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const dispose = async () => {
    for (const finish of desk.waiting) finish();
    await router.close();
    await Promise.all([natsClient.close(), client.close()]);
    await server[Symbol.asyncDispose]();
  };
  return { server, desk, router, client, address, [Symbol.asyncDispose]: dispose };
}
