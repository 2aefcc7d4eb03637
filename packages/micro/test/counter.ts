import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Controller,
  connectNats,
  createRouter,
  defineEndpoint,
  type NatsClient,
  type NatsGroup,
  type Router,
} from '@tsmicro/micro';
import { badRequest, type RequestContext, tooManyRequests } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

const service = 'counter';
const Job = Type.Object({
  id: Type.String(),
  ms: Type.Optional(Type.Integer()),
  text: Type.Optional(Type.String()),
});
const Done = Type.Object({ id: Type.String(), by: Type.String(), text: Type.Optional(Type.String()) });

/** Done after `ms`, and counted. */
export const work = defineEndpoint({
  service,
  name: 'work',
  request: Job,
  reply: Done,
  summary: 'Does a job',
});
/** One at a time, two may wait. */
export const narrow = defineEndpoint({
  service,
  name: 'narrow',
  request: Job,
  reply: Done,
  summary: 'One by one',
});
/** Never comes to an end, unless its signal says so. */
export const endless = defineEndpoint({
  service,
  name: 'endless',
  request: Job,
  reply: Done,
  summary: 'Hangs',
});
/** Goes wrong as its text says. */
export const wrong = defineEndpoint({
  service,
  name: 'wrong',
  request: Job,
  reply: Done,
  summary: 'Goes wrong',
});

/** An instance that remembers every job it was given. */
export class Counter extends Controller {
  readonly name = randomUUID();
  /** How often each job was done. */
  readonly jobs = new Map<string, number>();
  /** The reason of each signal that has aborted. */
  readonly aborted: unknown[] = [];
  readonly contexts: RequestContext[] = [];
  delayMs = 0;

  constructor() {
    super('/');
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    const done = async ({ id, ms = 0, text }: { id: string; ms?: number; text?: string }) => {
      this.jobs.set(id, (this.jobs.get(id) ?? 0) + 1);
      if (ms + this.delayMs > 0) await sleep(ms + this.delayMs);
      return { id, by: this.name, ...(text === undefined ? {} : { text }) };
    };
    group.addEndpoint(work, done);
    group.addEndpoint(narrow, done, { concurrency: 1, maxWaiting: 2 });
    group.addEndpoint(endless, async (_job, context) => {
      this.contexts.push(context);
      context.signal.addEventListener('abort', () => this.aborted.push(context.signal.reason));
      await new Promise<never>(() => {});
      throw new Error('unreachable');
    });
    group.addEndpoint(wrong, ({ id, text }) => {
      if (text === 'throw') throw new Error('secret');
      if (text === 'reject') return Promise.reject(new Error('secret'));
      if (text === 'nothing') return undefined as never;
      if (text === 'fields') {
        const fields = [{ field: 'größe', message: 'größe must be min 1' }];
        throw badRequest('größe must be min 1', { fields });
      }
      if (text === 'busy') throw tooManyRequests('later', { retryAfterSec: 17 });
      return { id, by: 7 as never, text: 'x'.repeat(2 * 1024 * 1024) };
    });
  }
}

/** An instance on NATS; closing it leaves the queue group and waits for what runs. */
export interface Instance extends AsyncDisposable {
  counter: Counter;
  router: Router;
  client: NatsClient;
}

/** Opens one instance. */
export async function openInstance(natsUrl: string): Promise<Instance> {
  const client = await openAsker(natsUrl, service);
  const counter = new Counter();
  const router = createRouter({ natsClient: client });
  router.loadControllers([counter]);
  await router.start({ host: '127.0.0.1', port: 0 });
  const dispose = async () => {
    await router.close({ deadlineMs: 2_000 });
    await client.close();
  };
  return { counter, router, client, [Symbol.asyncDispose]: dispose };
}

/** A client that only asks. */
export function openAsker(
  natsUrl: string,
  name = 'asker',
  more: { maxPending?: number } = {},
): Promise<NatsClient> {
  return connectNats({ natsUrl, natsServiceName: name, natsServiceVersion: '1.0.0', ...more });
}
