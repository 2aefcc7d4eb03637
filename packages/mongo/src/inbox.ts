import type { EventInbox, EventRecord } from '@tsmicro/dependency';
import type { Document } from 'mongodb';
import { isDuplicateKey } from './errors.ts';
import type { Mongo } from './mongo.ts';

const DAY_SEC = 24 * 60 * 60;

const INDEX_TIMEOUT_MS = 60_000;

/** How long an inbox remembers. */
export interface InboxOptions {
  /** Longer than the stream keeps its events. @default 30 days */
  retentionSec?: number;
}

interface Mark extends Document {
  _id: { consumer: string; event: string };
  handledAt: Date;
}

/**
 * Handled events in the collection `events_inbox`, where MongoDB lets them go when their time is over. The mark is
 * written after the handler: an event that was handled and marked is never handled again, one whose handler ended just
 * before a crash, or is at work on it in parallel, is. A handler's effect is therefore one that may be repeated: a value
 * that is set, a key that is dropped; or it goes through {@link onceIn}, which makes it one with its mark.
 */
export class Inbox implements EventInbox {
  readonly #mongo: Mongo;
  readonly #retentionSec: number;

  /** Use {@link createInbox}. */
  constructor(mongo: Mongo, { retentionSec = 30 * DAY_SEC }: InboxOptions) {
    this.#mongo = mongo;
    this.#retentionSec = retentionSec;
  }

  /** Builds the index by which old marks go, where it is not there yet. */
  async createIndexes(): Promise<void> {
    const expiry = { expireAfterSeconds: this.#retentionSec };
    await this.#mongo.runWithin(INDEX_TIMEOUT_MS, 'createIndexes', () =>
      this.#marks.createIndex({ handledAt: 1 }, expiry),
    );
  }

  async once(consumer: string, event: EventRecord, handle: () => Promise<void>): Promise<boolean> {
    const _id = { consumer, event: event.id };
    const known = await this.#mongo.run('findOne', (limit) => this.#marks.findOne({ _id }, limit));
    if (known !== null) return false;
    await handle();
    try {
      await this.#mongo.run('insertOne', (limit) =>
        this.#marks.insertOne({ _id, handledAt: new Date() }, limit),
      );
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    return true;
  }

  get #marks() {
    return this.#mongo.collection<Mark>('events_inbox');
  }
}

/** The inbox of a database. */
export function createInbox(mongo: Mongo, options: InboxOptions = {}): Inbox {
  return new Inbox(mongo, options);
}
