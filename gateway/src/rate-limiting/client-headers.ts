// RateLimit-* as in https://datatracker.ietf.org/doc/html/draft-polli-ratelimit-headers-01, and Kong's own X-RateLimit-*.
import { AnswerHeader } from '../proxy/answer-header.ts';
import type { Limit, Usage } from './limit.ts';

/** A limit with all about it that is the same for every request. */
interface Named {
  readonly limit: Limit;
  readonly maxHeaders: { readonly kong: AnswerHeader; readonly draft: AnswerHeader };
  readonly remainingName: string;
}

/** What clients are told of these limits. */
export class ClientHeaders {
  readonly #limits: readonly Named[];

  constructor(limits: readonly Limit[]) {
    this.#limits = limits.map((limit) => ({
      limit,
      maxHeaders: {
        kong: new AnswerHeader(`x-ratelimit-limit-${limit.window.name}`, String(limit.max)),
        draft: new AnswerHeader('ratelimit-limit', String(limit.max)),
      },
      remainingName: `x-ratelimit-remaining-${limit.window.name}`,
    }));
  }

  of(usage: Usage, now: number): AnswerHeader[] {
    const headers: AnswerHeader[] = [];
    const left = (limit: Limit, index: number) => String(remaining(limit, usage.used[index]));
    for (let i = 0; i < this.#limits.length; i++) {
      const { limit, maxHeaders, remainingName } = this.#named(i);
      headers.push(maxHeaders.kong, new AnswerHeader(remainingName, left(limit, i)));
    }
    const scarcest = this.#scarcest(usage);
    const { limit, maxHeaders } = this.#named(scarcest);
    headers.push(maxHeaders.draft, new AnswerHeader('ratelimit-remaining', left(limit, scarcest)));
    headers.push(new AnswerHeader('ratelimit-reset', String(secondsLeft(limit, now))));
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
