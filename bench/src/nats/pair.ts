import { watchOthers } from '../measure/bystander.ts';
import type { Run } from '../measure/run.ts';
import { Worker } from '../worker/worker.ts';
import type { NatsLoad } from './requester.ts';
import { natsScripts } from './variant.ts';

/** What to run. */
export interface PairOptions {
  variant: string;
  module: string;
  url: string;
  profileDir?: string | undefined;
}

/** Both sides of a variant, each in its process. */
export class Pair implements AsyncDisposable {
  readonly variant: string;
  readonly #responder: Worker;
  readonly #requester: Worker;
  readonly #workers: AsyncDisposableStack;

  private constructor(
    variant: string,
    sides: { responder: Worker; requester: Worker },
    workers: AsyncDisposableStack,
  ) {
    this.variant = variant;
    this.#responder = sides.responder;
    this.#requester = sides.requester;
    this.#workers = workers;
  }

  /** Resolves when a first question has been answered. */
  static async start({ variant, module, url, profileDir }: PairOptions): Promise<Pair> {
    await using started = new AsyncDisposableStack();
    const start = async (role: 'responder' | 'requester') => {
      const program = { name: `${variant} ${role}`, script: natsScripts[role], args: [module, url] };
      return started.use(await Worker.start({ ...program, profileDir }));
    };
    const sides = { responder: await start('responder'), requester: await start('requester') };
    await sides.requester.ask({ name: 'first' });
    return new Pair(variant, sides, started.move());
  }

  /** Loads it without looking, so that what is to be compiled is compiled. */
  async warmUp(concurrency: number, ms: number): Promise<void> {
    await this.#requester.ask({ name: 'load', concurrency, ms });
  }

  /** One turn. Failed requests are counted, and the last one is told to `say`. */
  async measure(
    at: { round: number; concurrency: number; ms: number; serverPid: number },
    say: (line: string) => void,
  ): Promise<Run> {
    const { round, concurrency, ms, serverPid } = at;
    const [responder, requester] = [this.#responder, this.#requester];
    const used = async () => [(await responder.usage()).cpuUs, (await requester.usage()).cpuUs] as const;
    const before = await used();
    const others = watchOthers([responder.pid, requester.pid, serverPid]);
    const load = await requester.ask<NatsLoad>({ name: 'load', concurrency, ms });
    const othersCores = others();
    const after = await used();
    if (load.lastError !== undefined)
      say(`${this.variant}: ${load.errors} errors, the last: ${load.lastError}`);
    return {
      variant: this.variant,
      round,
      perSecond: load.perSecond,
      p50Ms: load.p50Ms,
      p99Ms: load.p99Ms,
      errors: load.errors,
      cpuUsPerRequest: {
        responder: (after[0] - before[0]) / load.requests,
        requester: (after[1] - before[1]) / load.requests,
      },
      othersCores,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers.disposeAsync();
  }
}
