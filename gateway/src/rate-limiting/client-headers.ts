// RateLimit-* as in https://datatracker.ietf.org/doc/html/draft-polli-ratelimit-headers-01, and Kong's own X-RateLimit-*.
import type { Limit, Usage } from './limit.ts';

/** A limit with all about it that is the same for every request. */
interface Named {
  readonly limit: Limit;
  readonly max: string;
  readonly maxHeader: string;
  readonly remainingHeader: string;
}

/** What clients are told of these limits. */
export class ClientHeaders {
  readonly #limits: readonly Named[];

  constructor(limits: readonly Limit[]) {
    this.#limits = limits.map((limit) => ({
      limit,
      max: String(limit.max),
      maxHeader: `x-ratelimit-limit-${limit.window.name}`,
      remainingHeader: `x-ratelimit-remaining-${limit.window.name}`,
    }));
  }

  /** Name, value, name, value. */
  of(usage: Usage, now: number): string[] {
    const headers: string[] = [];
    for (let i = 0; i < this.#limits.length; i++) {
      const { limit, max, maxHeader, remainingHeader } = this.#named(i);
      headers.push(maxHeader, max, remainingHeader, String(remaining(limit, usage.used[i])));
    }
    const scarcest = this.#scarcest(usage);
    const { limit, max } = this.#named(scarcest);
    const left = String(remaining(limit, usage.used[scarcest]));
    headers.push('ratelimit-limit', max, 'ratelimit-remaining', left);
    headers.push('ratelimit-reset', String(secondsLeft(limit, now)));
    return headers;
  }

  /** Seconds until the window ends that has the least left. */
  secondsUntilReset(usage: Usage, now: number): number {
    return secondsLeft(this.#named(this.#scarcest(usage)).limit, now);
  }

  /** The window with the least left, and of several the longest. */
  #scarcest({ used }: Usage): number {
    let found = 0;
    for (let i = 1; i < this.#limits.length; i++) {
      const least = remaining(this.#named(found).limit, used[found]);
      if (remaining(this.#named(i).limit, used[i]) <= least) found = i;
    }
    return found;
  }

  #named(index: number): Named {
    const named = this.#limits[index];
    if (named === undefined) throw new RangeError('there is no limit');
    return named;
  }
}

const remaining = ({ max }: Limit, used = 0) => Math.max(0, max - used);

const secondsLeft = ({ window }: Limit, now: number) =>
  Math.max(1, Math.ceil((window.at(now).endsAt - now) / 1_000));
