import type { Answer } from '../system.ts';

/** An event as the ledger expects it: which, about what, and where there are several of those, by which word it is known. */
export interface Telling {
  readonly type: string;
  readonly entity: string;
  readonly mark?: string;
}

/** What an event is known by. */
export const keyOf = ({ type, entity, mark = '' }: Telling) => `${type} ${entity} ${mark}`.trim();

interface Change {
  readonly value: string;
  readonly tells: readonly Telling[];
}

/** Something that writes change and that can be read: what it has to be, after all that was acknowledged. */
export interface Fact {
  readonly what: string;
  readonly read: () => Promise<string>;
  value: string;
  /** The change that nobody answered for: it may have happened or not, whole. */
  unsure?: Change;
}

/** A request got no good answer: whoever made it does not know whether it was done. */
export class Unanswered extends Error {}

/** Keeps what was acknowledged, and what may have happened besides. */
export class Ledger {
  readonly facts: Fact[] = [];
  /** Answers that say no to what nothing is wrong with: an outage must not look like that. */
  readonly denials: string[] = [];
  /** Answers that show what an acknowledged write had taken away, or not what it had brought. */
  readonly stale: string[] = [];
  readonly #expected = new Map<string, number>();
  #acknowledged = 0;
  #unanswered = 0;
  #unansweredAt = 0;

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  /** When the last request ended that nobody answered for, by `performance.now`. */
  get unansweredAt(): number {
    return this.#unansweredAt;
  }

  /** How often each event has to be there, by its key. */
  get expected(): ReadonlyMap<string, number> {
    return this.#expected;
  }

  /** The data of a write that was acknowledged. @throws {Unanswered} when it was not */
  async acknowledge<T>(what: string, request: Promise<Answer>): Promise<T> {
    const answer = await request.catch((error: unknown) => String(error));
    if (typeof answer !== 'string' && answer.status === 200) {
      this.#acknowledged++;
      return answer.body?.data as T;
    }
    const said = typeof answer === 'string' ? answer : `${answer.status} ${answer.text}`;
    if (typeof answer !== 'string' && answer.status < 500) this.denials.push(`${what}: ${said}`);
    this.#unanswered++;
    this.#unansweredAt = performance.now();
    throw new Unanswered(`${what}: ${said}`);
  }

  /** What is asked right after a write was acknowledged knows of it, or is not answered. */
  async hold(what: string, status: number, request: Promise<Answer>): Promise<void> {
    const seen = await request.catch(() => undefined);
    if (seen === undefined || seen.status === status || seen.status >= 500) return;
    this.stale.push(`${what}: ${seen.status}, not ${status}`);
  }

  /** Notes what has become true, and the events that tell of it. */
  learn(fact: Fact, ...tells: readonly Telling[]): Fact {
    this.facts.push(fact);
    this.#expect(tells);
    return fact;
  }

  /** Changes a fact by a request; after one that is not answered nobody may change it any more. @throws {Unanswered} */
  async change<T>(fact: Fact, value: string, request: Promise<Answer>, ...tells: Telling[]): Promise<T> {
    fact.unsure = { value, tells };
    const data = await this.acknowledge<T>(`${fact.what} becomes ${value}`, request);
    fact.value = value;
    delete fact.unsure;
    this.#expect(tells);
    return data;
  }

  /**
   * Reads all facts. What an unanswered request did is known then as well, so that from now on `expected` is exact.
   * @returns what was lost
   */
  async settle(parallel = 8): Promise<string[]> {
    const lost: string[] = [];
    const waiting = this.facts.values();
    const work = async () => {
      for (const fact of waiting) {
        const { what, value, unsure } = fact;
        const now = await fact.read();
        if (unsure !== undefined && now === unsure.value) this.#expect(unsure.tells);
        else if (now !== value) lost.push(`${what}: ${now}, not ${[value, unsure?.value].join(' or ')}`);
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    return lost;
  }

  #expect(tells: readonly Telling[]): void {
    for (const telling of tells) {
      const key = keyOf(telling);
      this.#expected.set(key, (this.#expected.get(key) ?? 0) + 1);
    }
  }
}
