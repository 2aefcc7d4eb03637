// How the instances of one service are followed. Each says READY and LEAVING by itself; because such a message may be
// lost, and a killed process says nothing, all of them are asked by $SRV.INFO.<name> too. A round of questions counts
// only when NATS was there from its beginning to its end: its server has taken the question, and what it had for this
// connection at the end has arrived.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, Subscription } from '@nats-io/transport-node';
import type { Logger } from '@tsmicro/dependency';
import type { NatsClient } from '../client.ts';
import { flushWithin } from '../flush.ts';
import { isNoResponders } from '../message-headers.ts';
import { publish } from '../wire.ts';
import { Allowance } from './allowance.ts';
import { InstanceSet } from './instance-set.ts';
import { parseInstance, type ServiceInstance } from './service-instance.ts';

/** How often is asked, and how long answers are waited for. */
export interface WatchTimes {
  /** Between two rounds, give or take a tenth. */
  pollMs: number;
  /** From a question to the verdict that it stays unanswered. */
  replyMs: number;
}

/** What a watch of one name is given. */
export interface NameWatchOptions extends WatchTimes {
  logger: Logger | undefined;
  onChange: (instances: readonly ServiceInstance[]) => void;
}

/** Two questions are at least this far apart. */
const refreshMs = 100;

/** Follows the instances of one service. */
export class NameWatch {
  readonly name: string;
  readonly #client: NatsClient;
  readonly #options: NameWatchOptions;
  readonly #set = new InstanceSet();
  readonly #answers = new Allowance();
  readonly #announcements = new Allowance();
  readonly #inbox: string;
  readonly #subscriptions: Subscription[];
  readonly #closed = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #wake = new AbortController();
  #refresh: NodeJS.Timeout | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  /** Counts the reconnections; until `#judgeFrom` the services may still be on their way back. */
  #epoch = 0;
  #judgeFrom = Number.NEGATIVE_INFINITY;

  constructor(client: NatsClient, name: string, options: NameWatchOptions) {
    this.name = name;
    this.#client = client;
    this.#options = options;
    this.#inbox = client.createInbox();
    this.#subscriptions = [
      this.#subscribe(`$SRV.READY.${name}.*`, (message) => this.#onReady(message)),
      this.#subscribe(`$SRV.LEAVING.${name}.*`, (message) => this.#onLeaving(message)),
      this.#subscribe(this.#inbox, (message) => this.#onAnswer(message)),
    ];
    this.#ask();
    void this.#run();
  }

  /** Sorted by id. */
  get instances(): readonly ServiceInstance[] {
    return this.#set.list;
  }

  /** Resolves when somebody has answered, or the server has said that nobody will. */
  get answered(): Promise<void> {
    return this.#first.promise;
  }

  /** Asks at once, a tenth of a second after the last question at the earliest. */
  refresh(): void {
    if (this.#refresh !== undefined || this.#closed.signal.aborted) return;
    const waitMs = Math.max(0, this.#askedAt + refreshMs - performance.now());
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      if (this.#asking) this.#ask();
      else this.#wake.abort();
    }, waitMs);
  }

  /** Asks all anew after NATS was away; a round that was under way does not count. */
  resume(): void {
    this.#epoch++;
    this.#judgeFrom = performance.now() + this.#options.pollMs;
    this.#ask();
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#refresh);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #subscribe(subject: string, read: (message: Msg) => void): Subscription {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) read(message);
      else this.#options.logger?.error({ err: error, subject }, 'a service cannot be watched');
    };
    return this.#client.connection.subscribe(subject, { callback });
  }

  #onReady({ subject, data }: Msg): void {
    const instance = this.#announcements.take(data.length) ? parseInstance(this.name, data) : undefined;
    if (instance === undefined || !subject.endsWith(`.${instance.id}`)) return;
    if (this.#set.announce(instance)) this.#tell('is ready', instance);
  }

  #onLeaving({ subject }: Msg): void {
    const left = this.#set.leave(subject.slice(subject.lastIndexOf('.') + 1));
    if (left !== undefined) this.#tell('leaves', left);
  }

  #onAnswer(message: Msg): void {
    if (isNoResponders(message)) {
      this.#first.resolve();
      return;
    }
    const { data } = message;
    const instance = this.#answers.take(data.length) ? parseInstance(this.name, data) : undefined;
    if (instance === undefined) return;
    if (this.#set.answer(instance)) this.#tell('is there', instance);
    this.#first.resolve();
  }

  #tell(what: string, { name, id, http }: ServiceInstance): void {
    const { logger, onChange } = this.#options;
    logger?.info({ service: name, instance: id, http }, `an instance ${what}`);
    try {
      onChange(this.#set.list);
    } catch (error) {
      logger?.error({ err: error, service: name }, 'a change of the instances was not taken');
    }
  }

  #ask(): void {
    const { connection, connected } = this.#client;
    if (!connected || connection.isDraining() || connection.isClosed()) return;
    this.#askedAt = performance.now();
    this.#answers.renew();
    this.#announcements.renew();
    publish(connection, { subject: `$SRV.INFO.${this.name}`, reply: this.#inbox, payload: '' });
  }

  async #run(): Promise<void> {
    const { pollMs } = this.#options;
    let waitMs = pollMs;
    while (!this.#closed.signal.aborted) {
      await this.#pause(waitMs * (0.9 + Math.random() / 5));
      if (this.#closed.signal.aborted || this.#client.connection.isClosed()) return;
      this.#asking = true;
      const missing = await this.#round();
      this.#asking = false;
      // Who was silent is asked again without delay.
      waitMs = missing ? 0 : pollMs;
    }
  }

  async #pause(ms: number): Promise<void> {
    this.#wake = new AbortController();
    const signal = AbortSignal.any([this.#wake.signal, this.#closed.signal]);
    await sleep(ms, undefined, { signal }).catch(() => {});
  }

  /** One question to all, and the verdict on who stays silent. @returns whether somebody has to be asked again */
  async #round(): Promise<boolean> {
    const { replyMs } = this.#options;
    const { connection } = this.#client;
    const epoch = this.#epoch;
    const judged = performance.now() >= this.#judgeFrom;
    this.#set.beginRound();
    this.#ask();
    if (!judged || !(await flushWithin(connection, replyMs))) return false;
    await sleep(replyMs, undefined, { signal: this.#closed.signal }).catch(() => {});
    // What has arrived but was not read yet, as in a process that was held up, is read before the answer to this.
    if (!(await flushWithin(connection, replyMs))) return false;
    if (epoch !== this.#epoch || this.#closed.signal.aborted) return false;
    const { missing, dropped } = this.#set.endRound();
    for (const instance of dropped) this.#tell('does not answer any more', instance);
    return missing;
  }
}
