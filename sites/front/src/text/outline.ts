/** The lowest level that HTML knows. */
const deepest = 6;

/**
 * The levels of the headings of a text that stands below the title of a page (h1): they begin at 2 and never leave one
 * out, whatever levels their author used.
 */
export class Outline {
  /** The levels, as written, of the headings that what comes next is below of. */
  readonly #above: number[] = [];

  /** The level of the next heading, which its author gave `written`. */
  next(written: number): number {
    while ((this.#above.at(-1) ?? 0) >= written) this.#above.pop();
    this.#above.push(written);
    return Math.min(1 + this.#above.length, deepest);
  }
}
