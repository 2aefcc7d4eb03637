import { isDeepStrictEqual } from 'node:util';
import type { ServiceInstance } from './service-instance.ts';

const maxInstances = 256;
/** An id is never used again: it has to be remembered only while answers that were asked for before may come. */
const maxLeft = 1_024;
/** Rounds of questions in turn that an instance may leave unanswered; at the last one it is dropped. */
const maxMissed = 2;

interface Known {
  readonly instance: ServiceInstance;
  heard: boolean;
  missed: number;
}

/** What a round of questions has shown. */
interface Outcome {
  /** Whether one of the instances did not answer. */
  missing: boolean;
  dropped: ServiceInstance[];
}

/** The instances of one service that are thought to live. Bounded: more than 256 are not taken in. */
export class InstanceSet {
  readonly #known = new Map<string, Known>();
  readonly #left = new Set<string>();
  #list: readonly ServiceInstance[] = [];

  /** Sorted by id. */
  get list(): readonly ServiceInstance[] {
    return this.#list;
  }

  /** Takes in what an instance says by itself when it is ready. @returns whether something changed */
  announce(instance: ServiceInstance): boolean {
    this.#left.delete(instance.id);
    return this.answer(instance);
  }

  /** Takes in the answer of an instance, unless it has left. @returns whether something changed */
  answer(instance: ServiceInstance): boolean {
    const { id } = instance;
    const known = this.#known.get(id);
    if (this.#left.has(id) || (known === undefined && this.#known.size >= maxInstances)) return false;
    const same = known !== undefined && isDeepStrictEqual(known.instance, instance);
    this.#known.set(id, { instance: same ? known.instance : instance, heard: true, missed: 0 });
    if (!same) this.#sort();
    return !same;
  }

  /** Takes out an instance that says that it leaves. @returns it, when it was known */
  leave(id: string): ServiceInstance | undefined {
    this.#left.add(id);
    const [oldest] = this.#left;
    if (this.#left.size > maxLeft && oldest !== undefined) this.#left.delete(oldest);
    return this.#take(id);
  }

  /** From here on it is noted who says something. */
  beginRound(): void {
    for (const known of this.#known.values()) known.heard = false;
  }

  /** Drops who has said nothing in this round nor in the one before. */
  endRound(): Outcome {
    const silent = [...this.#known.values()].filter(({ heard }) => !heard);
    const dropped: ServiceInstance[] = [];
    for (const known of silent) {
      known.missed++;
      if (known.missed >= maxMissed) {
        this.#take(known.instance.id);
        dropped.push(known.instance);
      }
    }
    return { missing: silent.length > dropped.length, dropped };
  }

  #take(id: string): ServiceInstance | undefined {
    const known = this.#known.get(id);
    if (this.#known.delete(id)) this.#sort();
    return known?.instance;
  }

  #sort(): void {
    const instances = Array.from(this.#known.values(), ({ instance }) => instance);
    this.#list = Object.freeze(instances.sort((a, b) => (a.id < b.id ? -1 : 1)));
  }
}
