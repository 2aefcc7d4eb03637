import type { Thresholds } from '../declaration/health-checks.ts';

/** What speaks against a target: an answer, no connection or a broken one, none in time. */
export type Sign = 'http' | 'tcp' | 'timeout';

/**
 * Whether a target counts as healthy, by what checks and requests meet. As in Kong the two share their counts, and one
 * that counts as healthy starts anew with each success.
 */
export class TargetHealth {
  #healthy = true;
  #successes = 0;
  #failures: Record<Sign, number> = { http: 0, tcp: 0, timeout: 0 };
  readonly #onTurn: (healthy: boolean) => void;

  /** `onTurn` is told whenever it counts as something else than before. */
  constructor(onTurn: (healthy: boolean) => void) {
    this.#onTurn = onTurn;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  noteStatus(status: number, thresholds: Thresholds): void {
    if (thresholds.healthyStatuses.has(status)) this.noteSuccess(thresholds);
    else if (thresholds.unhealthyStatuses.has(status)) this.#note('http', thresholds.httpFailures);
  }

  noteSuccess({ successes }: Thresholds): void {
    if (this.#healthy) {
      this.#failures = noFailures(this.#failures);
      return;
    }
    if (successes > 0 && ++this.#successes >= successes) this.#turn(true);
  }

  noteFailure(sign: Exclude<Sign, 'http'>, { tcpFailures, timeouts }: Thresholds): void {
    this.#note(sign, sign === 'tcp' ? tcpFailures : timeouts);
  }

  #note(sign: Sign, limit: number): void {
    this.#successes = 0;
    if (this.#healthy && limit > 0 && ++this.#failures[sign] >= limit) this.#turn(false);
  }

  #turn(healthy: boolean): void {
    this.#healthy = healthy;
    this.#successes = 0;
    this.#failures = { http: 0, tcp: 0, timeout: 0 };
    this.#onTurn(healthy);
  }
}

/** The same object while nothing was counted: an answer is no occasion to make one. */
function noFailures(counted: Record<Sign, number>): Record<Sign, number> {
  return counted.http + counted.tcp + counted.timeout === 0 ? counted : { http: 0, tcp: 0, timeout: 0 };
}
