import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceDefinition } from './definition.ts';
import type { Instance } from './instance.ts';
import type { PortBook } from './port-book.ts';
import { waitUntilServing } from './readiness.ts';
import type { Renewal, Unit } from './unit.ts';

/** How long an instance may take until it serves. */
const servingMs = 60_000;
/** A service ends its requests within 10 s of SIGTERM. */
const politeMs = 10_000;
/** The gateway sends a new instance requests within a second of its being ready. */
const registeredMs = 1_000;

/** Who runs the units of a fleet. */
export interface FleetHost {
  readonly units: ReadonlyMap<string, Unit>;
  /** Aborts when all is to end. */
  readonly signal: AbortSignal;
  /** Makes the unit of an instance and starts it. */
  start(service: ServiceDefinition, instance: Instance): Promise<void>;
  /** Forgets a unit that has ended for good. */
  remove(unit: Unit): void;
}

/** The instances of one service: started, made more or fewer, and renewed one after the other; one such thing at a time. */
export class Fleet {
  readonly #service: ServiceDefinition;
  readonly #ports: PortBook;
  readonly #host: FleetHost;
  readonly #instances: Instance[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #change: AbortController | undefined;

  constructor(service: ServiceDefinition, ports: PortBook, host: FleetHost) {
    this.#service = service;
    this.#ports = ports;
    this.#host = host;
  }

  /** The oldest first. */
  get instances(): readonly Instance[] {
    return this.#instances;
  }

  /** Their units, as far as they were started. */
  get units(): readonly Unit[] {
    return this.#instances.flatMap(({ name }) => this.#host.units.get(name) ?? []);
  }

  /** Finds ports until there are so many instances; starts none. */
  async allot(count: number): Promise<void> {
    while (this.#instances.length < count)
      this.#instances.push(await this.#ports.allot(this.#service, this.#instances.length + 1));
  }

  /** Starts every instance for the first time; resolves when they run. */
  async start(): Promise<void> {
    await Promise.all(this.#instances.map((instance) => this.#host.start(this.#service, instance)));
  }

  /**
   * Starts new instances, or ends the youngest politely, until there are so many; resolves when they serve or have
   * ended. @throws Error when a new one does not serve: then there are as many as before
   */
  scale(count: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#grow(count);
      await this.#shrink(count);
    });
  }

  /**
   * Restarts all that run, each once the one before serves and the gateway knows it; with one alone another takes its
   * place meanwhile. @throws Error when one does not serve: the rest is left as it is
   * @returns how many were restarted
   */
  restart(): Promise<number> {
    return this.#inTurn(async () => {
      const running = this.#running();
      const count = this.#instances.length;
      try {
        if (running.length === 1) {
          await this.#grow(count + 1);
          await this.#untilRegistered(this.#host.signal);
        }
        await this.#roll(running, () => ({ at: performance.now(), cause: 'command' }), this.#host.signal);
      } finally {
        await this.#shrink(count);
      }
      return running.length;
    });
  }

  /** The same for a change of its code, which whoever made it waits for: one that is alone is restarted at once. */
  async renew(at: number): Promise<void> {
    const renewal = { at, cause: 'change' } as const;
    // What an older change had begun is no longer wanted.
    this.#change?.abort();
    if (this.#instances.length === 1) return void (await this.units[0]?.restart(renewal));
    this.#change = new AbortController();
    const { signal } = this.#change;
    try {
      const either = AbortSignal.any([signal, this.#host.signal]);
      await this.#inTurn(() => this.#roll(this.#running(), () => renewal, either));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Those that failed first: they have nothing to lose. */
  #running(): Unit[] {
    const running = this.units.filter(({ state }) => state !== 'stopped');
    return running.sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'));
  }

  async #roll(units: readonly Unit[], renewal: () => Renewal, signal: AbortSignal): Promise<void> {
    for (const unit of units) {
      signal.throwIfAborted();
      await unit.restart(renewal(), politeMs);
      await waitUntilServing(unit, servingMs, signal);
      await this.#untilRegistered(signal);
    }
  }

  async #untilRegistered(signal: AbortSignal): Promise<void> {
    await sleep(registeredMs, undefined, { signal });
  }

  async #grow(count: number): Promise<void> {
    const before = this.#instances.length;
    await this.allot(count);
    try {
      await Promise.all(this.#instances.slice(before).map((instance) => this.#open(instance)));
    } catch (error) {
      await this.#shrink(before);
      throw error;
    }
  }

  async #open(instance: Instance): Promise<void> {
    await this.#host.start(this.#service, instance);
    this.#host.signal.throwIfAborted();
    const unit = this.#host.units.get(instance.name);
    if (unit) await waitUntilServing(unit, servingMs, this.#host.signal);
  }

  async #shrink(count: number): Promise<void> {
    const leaving = this.#instances.splice(count);
    await Promise.all(
      leaving.map(async (instance) => {
        const unit = this.#host.units.get(instance.name);
        await unit?.stop(politeMs);
        if (unit) this.#host.remove(unit);
        this.#ports.release(instance);
      }),
    );
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task);
    this.#last = done.catch(() => {});
    return done;
  }
}
