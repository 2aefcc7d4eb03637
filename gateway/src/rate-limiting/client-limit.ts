import { tooManyRequests } from '@tsmicro/network';
import type { Plugin, Verdict } from '../plugin/plugin.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { ClientHeaders } from './client-headers.ts';
import { createLimit, type Limit } from './limit.ts';
import type { LocalCounters } from './local-counters.ts';

/** Bounds what one address may ask for in a minute, on all routes together and in this process. */
export class ClientLimit implements Plugin {
  readonly #limits: readonly Limit[];
  readonly #headers: ClientHeaders;
  readonly #counters: LocalCounters;

  constructor(requestsPerMin: number, counters: LocalCounters) {
    this.#limits = [createLimit('minute', requestsPerMin)];
    this.#headers = new ClientHeaders(this.#limits);
    this.#counters = counters;
  }

  access(exchange: Exchange): Verdict {
    const now = Date.now();
    const usage = this.#counters.take(`client ${exchange.clientAddress}`, this.#limits, now);
    if (usage.admitted) return undefined;
    throw tooManyRequests('too many requests', {
      retryAfterSec: this.#headers.secondsUntilReset(usage, now),
    });
  }
}
