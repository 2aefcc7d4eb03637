import { randomUUID } from 'node:crypto';
import type { NewRareStone, Page, RareStone } from './model.ts';

const maxKept = 10_000;

/** Rare stones in the memory of this process, the newest 10,000 of them: gone with it, and unknown to other instances. */
export class RareStoneStore {
  readonly #kept = new Map<string, RareStone>();

  async insert(content: NewRareStone): Promise<RareStone> {
    const made = { id: randomUUID(), ...content, createdAt: new Date() };
    this.#kept.set(made.id, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }

  async find(id: string): Promise<RareStone | undefined> {
    return this.#kept.get(id.toLowerCase());
  }

  /** The newest first. */
  async list({ page, limit }: Page): Promise<RareStone[]> {
    return [...this.#kept.values()].reverse().slice((page - 1) * limit, page * limit);
  }

  /** Whether there was one. */
  async delete(id: string): Promise<boolean> {
    return this.#kept.delete(id.toLowerCase());
  }
}
