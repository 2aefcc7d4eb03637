import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, Subscription } from '@nats-io/transport-node';
import type { Static, TSchema } from '@tsmicro/schema';
import type { NatsClient } from '../client.ts';
import { flushWithin } from '../flush.ts';
import { msgToJson } from '../message.ts';
import { publish, respond } from '../wire.ts';
import { instanceOf, KeeperBeat, keeping, type Notice } from './notice.ts';

/** From its last beat on a keeper is waited for so long. */
const waitMs = keeping.trustMs + keeping.marginMs;
/** More keepers than any system has: beyond it nobody is remembered, and everybody waited for. */
const maxKeepers = 10_000;

/** Who has replied to one notice, and who waits for that. */
interface Replies {
  readonly instances: ReadonlySet<string>;
  /** Settles at the next reply. */
  next(): Promise<void>;
}

/**
 * The teller's side of a notice: a change is made known to all who keep answers, before it is acknowledged. See notice.ts
 * for why nobody uses an older answer after that.
 */
export class NoticeTeller<S extends TSchema> {
  readonly #client: NatsClient;
  readonly #notice: Notice<S>;
  readonly #answer: string;
  readonly #beats: Subscription;
  readonly #endReconnect: () => void;
  /** When each keeper was last heard. */
  readonly #heard = new Map<string, number>();
  /** Since when no beat can have been missed. */
  #listeningSince = Number.POSITIVE_INFINITY;
  #connections = 0;
  /** The server does not let us hear beats: anybody may keep answers, and all are waited for. */
  #deaf = false;

  /** Use {@link openNoticeTeller}. */
  constructor(client: NatsClient, notice: Notice<S>) {
    this.#client = client;
    this.#notice = notice;
    this.#answer = msgToJson(KeeperBeat, { instance: client.instanceId });
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) this.#hear(message);
      else this.#deaf = true;
    };
    this.#beats = client.connection.subscribe(notice.beats, { callback });
    this.#endReconnect = client.onReconnect(() => void this.#listen());
  }

  /** Waits until the server knows that beats are wanted. */
  async open(): Promise<this> {
    await this.#listen();
    return this;
  }

  /**
   * Tells all keepers, and returns when each has replied, or trusts nothing older any more. That takes a round trip to
   * NATS where all is well, and little more than a second where a keeper hangs or NATS is away. Never throws.
   */
  async tell(data: Static<S>): Promise<void> {
    // Each turn but the last ends by a broken connection.
    while (await this.#untilConnected()) {
      if (await this.#tellOnce(data)) return;
    }
  }

  close(): void {
    this.#endReconnect();
    if (!this.#client.connection.isClosed()) this.#beats.unsubscribe();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** False once NATS has been away for as long as anybody could have trusted: without it there are no beats. */
  async #untilConnected(): Promise<boolean> {
    for (;;) {
      const { connected, connection, health } = this.#client;
      if (connected) return true;
      const patienceMs = waitMs - (Date.now() - health.since.getTime());
      if (patienceMs <= 0 || connection.isClosed()) return false;
      await this.#client.untilConnected(Math.min(patienceMs, waitMs)).catch(() => {});
    }
  }

  /** False when the connection broke before anybody could be sure. */
  async #tellOnce(data: Static<S>): Promise<boolean> {
    const { connection } = this.#client;
    const inbox = this.#client.createInbox();
    let subscription: Subscription | undefined;
    try {
      const replies = collectReplies();
      subscription = connection.subscribe(inbox, {
        callback: (error, message) => {
          if (error === null) replies.add(instanceOf(message));
        },
      });
      const { subject, data: schema } = this.#notice;
      publish(connection, { subject, reply: inbox, payload: msgToJson(schema, data) });
      const connections = this.#connections;
      const sentAt = performance.now();
      const flushed = await flushWithin(connection, waitMs);
      if (connections !== this.#connections) return false;
      // A server that hangs lets nobody's beat through either: all of the time was waited. Else the connection broke.
      if (!flushed) return performance.now() - sentAt >= keeping.trustMs;
      await this.#untilSafe(replies);
      return true;
    } catch {
      // The client closes, and takes no more messages.
      await sleep(waitMs);
      return true;
    } finally {
      if (!connection.isClosed()) subscription?.unsubscribe();
    }
  }

  /** Until every keeper heard of late has replied; those that may have been missed have until their trust is over. */
  async #untilSafe(replies: Replies): Promise<void> {
    const now = performance.now();
    const end = now + waitMs;
    const keepers = this.#keepersSince(now - waitMs);
    const unheardUntil = keepers === undefined ? end : Math.min(end, this.#listeningSince + waitMs);
    const late = new AbortController();
    const over = sleep(waitMs, undefined, { signal: late.signal }).catch(() => {});
    while (performance.now() < end && keepers?.some((instance) => !replies.instances.has(instance))) {
      await Promise.race([replies.next(), over]);
    }
    late.abort();
    await sleep(Math.max(0, unheardUntil - performance.now()));
  }

  /** The keepers heard since then; undefined when that cannot be said. Older ones are forgotten. */
  #keepersSince(time: number): string[] | undefined {
    const known = !this.#deaf && this.#heard.size < maxKeepers;
    for (const [instance, at] of this.#heard) if (at < time) this.#heard.delete(instance);
    return known ? [...this.#heard.keys()] : undefined;
  }

  #hear(message: Msg): void {
    const instance = instanceOf(message);
    if (instance === undefined) return;
    if (this.#heard.size >= maxKeepers && !this.#heard.has(instance)) return;
    this.#heard.set(instance, performance.now());
    try {
      // Only now: whoever has this answer is waited for.
      respond(message, this.#answer);
    } catch {
      // The connection is gone, and the beat counts for nothing.
    }
  }

  async #listen(): Promise<void> {
    const connection = ++this.#connections;
    this.#listeningSince = Number.POSITIVE_INFINITY;
    while (connection === this.#connections && this.#client.connected) {
      if (!(await flushWithin(this.#client.connection, waitMs))) continue;
      if (connection === this.#connections) this.#listeningSince = performance.now();
      return;
    }
  }
}

function collectReplies(): Replies & { add(instance: string | undefined): void } {
  const instances = new Set<string>();
  let waiting = Promise.withResolvers<void>();
  return {
    instances,
    next: () => waiting.promise,
    add(instance) {
      if (instance === undefined) return;
      instances.add(instance);
      waiting.resolve();
      waiting = Promise.withResolvers();
    },
  };
}

/** Follows the keepers of a notice from now on, for who tells it. */
export function openNoticeTeller<S extends TSchema>(
  client: NatsClient,
  notice: Notice<S>,
): Promise<NoticeTeller<S>> {
  return new NoticeTeller(client, notice).open();
}
