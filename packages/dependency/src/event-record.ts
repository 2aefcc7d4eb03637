/** Something that happened, as it waits to be told and as whoever hears of it is given it. */
export interface EventRecord {
  /** A UUID: the same event may be told twice, and is known again by this. */
  readonly id: string;
  /** Also the subject it is told on, as in `events.auth.user.registered`. */
  readonly type: string;
  /** What it happened to: the id of a user, a blog. Events of one entity keep their order. */
  readonly entity: string;
  /** RFC 3339, in UTC. */
  readonly time: string;
  /** JSON. */
  readonly data: unknown;
  /** W3C trace context of what it was a part of. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** How many events wait, and since when the one that has waited longest does. */
export interface EventBacklog {
  readonly count: number;
  /** RFC 3339; undefined where none waits. */
  readonly oldest?: string | undefined;
}

/** Where events wait, written together with the change that they tell of, until a relay has told them. */
export interface EventOutbox {
  /**
   * Up to `limit` events that wait, oldest first, in the order in which those of one entity were written. It may leave out
   * what the relay of another instance took a moment ago, together with all later events of the same entity; what this
   * instance was given before and did not report as sent it is given again.
   */
  pending(limit: number): Promise<EventRecord[]>;
  /** They are told, wait no more and never come back. Nothing happens for those that do not wait any more. */
  sent(events: readonly EventRecord[]): Promise<void>;
  /** All that wait, whoever is at work on them. */
  backlog(): Promise<EventBacklog>;
}

/**
 * Remembers what a consumer has handled, for longer than the broker knows its own repetitions, so that an event has its
 * effect once. `Transaction` is what a handler's writes have to go through to be one with that.
 */
export interface EventInbox<Transaction = void> {
  /**
   * Runs `handle` unless this consumer has handled the event, and takes down that it has. With a transaction both are
   * committed together or not at all; without one the event is taken down last, so that a crash in between runs `handle`
   * again: its effect must then be the same.
   * @returns false when the event was known, and nothing was run
   * @throws what `handle` throws; the event is then as if it had never come
   */
  once(
    consumer: string,
    event: EventRecord,
    handle: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean>;
}
