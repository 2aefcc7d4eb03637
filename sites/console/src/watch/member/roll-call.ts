// Who is there: all instances are asked at once, whatever their names, in every round. Who answers is there; who says
// LEAVING, or is silent, is gone. A killed process says nothing, but its port refuses at once: silent once and refused is
// as good as silent twice.
import type { NatsClient } from '@tsmicro/micro';
import { readStats, type SaidOfItself } from './stats.ts';

/** One instance, there or gone. */
export interface Member extends SaidOfItself {
  /** When it went, in milliseconds of the epoch; undefined while it is there. */
  readonly goneAt: number | undefined;
  /** How it went. */
  readonly farewell: string | undefined;
}

interface Known {
  said: SaidOfItself;
  heard: boolean;
  silent: number;
  refused: number;
  goneAt: number | undefined;
  farewell: string | undefined;
}

const maxMembers = 256;
/** A flood of answers to one question costs no more than this. */
const maxAnswers = 1_024;
/** How long those that are gone are remembered. */
const rememberMs = 60_000;
const silentRounds = 2;

/** Knows the instances of all services, sites and gateways. */
export class RollCall {
  readonly #client: NatsClient;
  readonly #known = new Map<string, Known>();
  #inbox = '';
  #answers = 0;
  #asked = false;
  #ends: (() => void)[] = [];

  constructor(client: NatsClient) {
    this.#client = client;
  }

  /** Those that are there, and those that went a short time ago; by name, oldest first. */
  get members(): readonly Member[] {
    return [...this.#known.values()]
      .map(({ said, goneAt, farewell }) => ({ ...said, goneAt, farewell }))
      .sort((a, b) => a.name.localeCompare(b.name) || a.startedAt - b.startedAt || a.id.localeCompare(b.id));
  }

  begin(): void {
    this.#inbox = this.#client.createInbox();
    const hear = (subject: string, read: (data: Uint8Array, subject: string) => void) => {
      const subscription = this.#client.connection.subscribe(subject, {
        callback: (refused, message) => {
          if (refused === null) read(message.data, message.subject);
        },
      });
      this.#ends.push(() => subscription.unsubscribe());
    };
    hear(this.#inbox, (data) => this.#onAnswer(data));
    // The next snapshot is to have it.
    hear('$SRV.READY.>', () => this.ask());
    hear('$SRV.LEAVING.>', (_, subject) =>
      this.#go(subject.slice(subject.lastIndexOf('.') + 1), 'it was stopped'),
    );
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#known.clear();
  }

  /** A new round: whoever is there is to say so. */
  ask(): void {
    const { connection, connected } = this.#client;
    this.#asked = connected && !connection.isClosed() && !connection.isDraining();
    if (!this.#asked) return;
    this.#answers = 0;
    connection.publish('$SRV.STATS', '', { reply: this.#inbox });
  }

  /** From here on it counts who answers. */
  beginRound(): void {
    for (const known of this.#known.values()) known.heard = false;
    this.ask();
  }

  /** Who has not answered by now, and whose metrics `refused` says were refused, is judged. */
  endRound(refused: ReadonlySet<string>): void {
    for (const [id, known] of this.#known) {
      if (known.goneAt !== undefined) {
        if (Date.now() - known.goneAt > rememberMs) this.#known.delete(id);
        continue;
      }
      known.refused = refused.has(id) ? known.refused + 1 : 0;
      // While NATS is away, silence says nothing.
      if (known.heard || !this.#asked) known.silent = 0;
      else known.silent++;
      const dead = known.silent > 0 && known.refused > 0;
      if (dead || known.silent >= silentRounds) this.#go(id, 'it does not answer any more');
      else if (!this.#asked && known.refused >= silentRounds) this.#go(id, 'it refuses connections');
    }
  }

  #go(id: string, farewell: string): void {
    const known = this.#known.get(id);
    if (known === undefined || known.goneAt !== undefined) return;
    known.goneAt = Date.now();
    known.farewell = farewell;
  }

  #onAnswer(data: Uint8Array): void {
    if (this.#answers++ >= maxAnswers) return;
    const said = readStats(data);
    if (said === undefined) return;
    const known = this.#known.get(said.id);
    if (known === undefined) {
      if (this.#known.size < maxMembers) this.#known.set(said.id, newcomer(said));
    } else if (known.farewell !== 'it was stopped') {
      Object.assign(known, { said, heard: true, goneAt: undefined, farewell: undefined });
    }
  }
}

const newcomer = (said: SaidOfItself): Known => ({
  said,
  heard: true,
  silent: 0,
  refused: 0,
  goneAt: undefined,
  farewell: undefined,
});
