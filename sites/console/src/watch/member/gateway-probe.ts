import type { Faults } from '../faults.ts';
import { probe } from '../metrics/scrape.ts';

/** A gateway that does not show itself, such as Kong, as who asks it sees it. */
export interface ProbedGateway {
  readonly url: string;
  readonly up: boolean;
  /** In milliseconds of the epoch. */
  readonly since: number;
}

/** Not asked more often than this. */
const everyMs = 2_000;

/** Asks a gateway from outside whether it is there. */
export class GatewayProbe {
  readonly #url: string;
  #known: ProbedGateway | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(url: string) {
    this.#url = url;
  }

  /** How it is, as far as that was asked of late. */
  async look(faults: Faults): Promise<ProbedGateway | undefined> {
    if (performance.now() - this.#askedAt < everyMs) return this.#known;
    this.#askedAt = performance.now();
    const answered = await faults.try(`gateway at ${this.#url}`, async () => {
      await probe(new URL('/health', this.#url).href);
      return true;
    });
    const up = answered === true;
    if (this.#known?.up !== up) this.#known = { url: this.#url, up, since: Date.now() };
    return this.#known;
  }

  end(): void {
    this.#known = undefined;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }
}
