import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, Subscription } from '@nats-io/transport-node';
import type { Logger } from '@tsmicro/dependency';
import type { Static, TSchema } from '@tsmicro/schema';
import type { NatsClient } from '../client.ts';
import { flushWithin } from '../flush.ts';
import { jsonToMsg, msgToJson } from '../message.ts';
import { isNoResponders } from '../message-headers.ts';
import { publish, respond } from '../wire.ts';
import { Leases } from './leases.ts';
import { instanceOf, KeeperBeat, keeping, type Notice } from './notice.ts';

/** After so long without a use no more beats are sent. */
const restMs = 3_000;
/** How long {@link Trust.renew} waits for an answer. */
const patienceMs = 100;

/** What trust is about, and who hears of what ends it. */
export interface TrustOptions<S extends TSchema> {
  notice: Notice<S>;
  /** A notice has come; undefined stands for one that cannot be read, and may be about anything. */
  onNotice: (data: Static<S> | undefined) => void;
  /** The connection broke: notices may have been missed. */
  onGap: () => void;
  logger?: Logger | undefined;
}

/**
 * The keeper's side of a notice: whether what is kept may be used at this moment. It may while every change that was
 * acknowledged before is known here; see notice.ts for why that is so.
 */
export class Trust<S extends TSchema> {
  readonly #client: NatsClient;
  readonly #options: TrustOptions<S>;
  readonly #beatMessage: string;
  readonly #inbox: string;
  readonly #subscriptions: readonly Subscription[];
  readonly #endReconnect: () => void;
  readonly #leases = new Leases();
  /** The last beat that the server has answered by its PONG. */
  #takenAt = Number.NEGATIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  /** A beat that was sent earlier gives no trust. */
  #trustFrom = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #beatUnderWay: Promise<void> | undefined;
  #renewal: Promise<boolean> | undefined;
  #granted = Promise.withResolvers<void>();
  #gaps = 0;
  #over = false;

  constructor(client: NatsClient, options: TrustOptions<S>) {
    this.#client = client;
    this.#options = options;
    // A process may keep answers of several kinds.
    const instance = `${client.instanceId}.${options.notice.subject}`;
    this.#beatMessage = msgToJson(KeeperBeat, { instance });
    this.#inbox = `${client.createInbox()}.`;
    this.#subscriptions = [
      this.#subscribe(options.notice.subject, (message) => this.#take(message)),
      this.#subscribe(`${this.#inbox}*`, (message) => this.#hear(message)),
    ];
    this.#endReconnect = client.onReconnect(() => {
      this.#gaps++;
      this.#distrust();
      // Those who tell were cut off too, and need up to half a second more to come back.
      this.#trustFrom = performance.now() + keeping.trustMs;
      options.onGap();
    });
    void this.#watchForRefusal();
  }

  /** Whether what is kept may be used now. Asking is a use: beats go on for as long as there are any. */
  holds(): boolean {
    const now = performance.now();
    this.#usedAt = now;
    if (this.#timer === undefined && !this.#over) this.#beatOn();
    return now < this.#until && this.#client.connected;
  }

  /** Whether what is kept may be used once a beat was answered, for which a tenth of a second is waited. */
  renew(): Promise<boolean> {
    if (this.#over || !this.#client.connected) return Promise.resolve(false);
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  close(): void {
    this.#over = true;
    this.#distrust();
    clearTimeout(this.#timer);
    this.#endReconnect();
    if (this.#client.connection.isClosed()) return;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #subscribe(subject: string, read: (message: Msg) => void): Subscription {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) read(message);
      else this.#giveUp(error);
    };
    return this.#client.connection.subscribe(subject, { callback });
  }

  async #renew(): Promise<boolean> {
    const late = new AbortController();
    const patience = sleep(patienceMs, undefined, { signal: late.signal }).catch(() => {});
    const granted = this.#granted.promise;
    void this.#beat();
    await Promise.race([granted, patience]);
    late.abort();
    return this.holds();
  }

  #beatOn(): void {
    void this.#beat();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (performance.now() - this.#usedAt < restMs) this.#beatOn();
    }, keeping.beatMs).unref();
  }

  #beat(): Promise<void> {
    this.#beatUnderWay ??= this.#sendBeat().finally(() => {
      this.#beatUnderWay = undefined;
    });
    return this.#beatUnderWay;
  }

  async #sendBeat(): Promise<void> {
    const { connected, connection } = this.#client;
    if (this.#over || !connected || connection.isClosed() || connection.isDraining()) return;
    const sentAt = Math.floor(performance.now());
    const gaps = this.#gaps;
    const { beats } = this.#options.notice;
    publish(connection, { subject: beats, reply: `${this.#inbox}${sentAt}`, payload: this.#beatMessage });
    if (!(await flushWithin(connection, keeping.trustMs)) || gaps !== this.#gaps || this.#over) return;
    this.#takenAt = sentAt;
    this.#reckon();
  }

  /** Somebody who tells has heard a beat; or nobody is there to hear it. */
  #hear(message: Msg): void {
    if (isNoResponders(message)) {
      this.#distrust();
      return;
    }
    const sentAt = Number(message.subject.slice(this.#inbox.length));
    const teller = instanceOf(message);
    if (teller === undefined || !(sentAt >= this.#trustFrom)) return;
    this.#leases.note(teller, sentAt, performance.now());
    this.#reckon();
  }

  #reckon(): void {
    if (this.#over) return;
    const now = performance.now();
    this.#until = Math.min(this.#takenAt + keeping.trustMs, this.#leases.until(now));
    if (now >= this.#until) return;
    this.#granted.resolve();
    this.#granted = Promise.withResolvers();
  }

  #distrust(): void {
    this.#leases.clear();
    this.#until = Number.NEGATIVE_INFINITY;
    // Nobody needs to wait for what will not be said.
    this.#granted.resolve();
    this.#granted = Promise.withResolvers();
  }

  #take(message: Msg): void {
    const { notice, onNotice, logger } = this.#options;
    let data: Static<S> | undefined;
    try {
      data = jsonToMsg(notice.data, message.data);
    } catch (error) {
      logger?.error({ err: error, subject: notice.subject }, 'a notice against its contract: all is dropped');
    }
    onNotice(data);
    try {
      respond(message, this.#beatMessage);
    } catch {
      // The connection is gone; whoever told waits until nobody can trust what is kept.
    }
  }

  /** Who may not hear notices, or is not heard, trusts nothing. */
  #giveUp(error: Error): void {
    const { notice, logger } = this.#options;
    logger?.error({ err: error, subject: notice.subject }, 'answers cannot be kept');
    this.#over = true;
    this.#distrust();
  }

  /** The server says nothing to a publisher without the right, but on the connection, before its next PONG. */
  async #watchForRefusal(): Promise<void> {
    for await (const status of this.#client.connection.status()) {
      if (this.#over) return;
      if (status.type !== 'error') continue;
      const { error } = status;
      if ('operation' in error && 'subject' in error && error.subject === this.#options.notice.beats) {
        this.#giveUp(error);
      }
    }
  }
}
