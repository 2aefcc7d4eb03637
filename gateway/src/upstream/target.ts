import { performance } from 'node:perf_hooks';
import type { Thresholds } from '../declaration/health-checks.ts';
import type { Address } from './address.ts';
import { type Sign, TargetHealth } from './target-health.ts';

/** How a target is, for who chooses: `reserve` is asked when no other is left, `out` never. */
export type Standing = 'good' | 'reserve' | 'out';

/** Longer than the second for which a service that stops goes on answering. */
const leavingMs = 3_000;
const firstPenaltyMs = 1_000;
const maxPenaltyMs = 10_000;

/** One address behind a name, and how it fares. */
export class Target {
  /** The `host:port` that it is asked under, as its Host header. */
  readonly name: string;
  readonly address: Address;
  readonly weight: number;
  readonly health: TargetHealth;
  /** Requests under way, over all connections that lead here. */
  inFlight = 0;
  /** What smooth weighted round-robin keeps of each. */
  turn = 0;
  #avoidUntil = 0;
  #penaltyMs = firstPenaltyMs;

  constructor(name: string, address: Address, weight: number, onTurn: (target: Target) => void) {
    this.name = name;
    this.address = address;
    this.weight = weight;
    this.health = new TargetHealth(() => onTurn(this));
  }

  get standing(): Standing {
    if (!this.health.healthy) return 'out';
    return this.#avoidUntil !== 0 && performance.now() < this.#avoidUntil ? 'reserve' : 'good';
  }

  /** It answered; one that closes the connection with a good answer is about to leave. */
  answered(status: number, closing: boolean, passive: Thresholds): void {
    this.health.noteStatus(status, passive);
    if (closing && status < 400) this.avoid(leavingMs);
    else if (this.#avoidUntil !== 0 && performance.now() >= this.#avoidUntil) {
      this.#avoidUntil = 0;
      this.#penaltyMs = firstPenaltyMs;
    }
  }

  /** A request to it failed. One that takes no connection is left alone for a while, longer each time. */
  failed(sign: Exclude<Sign, 'http'>, passive: Thresholds): void {
    this.health.noteFailure(sign, passive);
    if (sign !== 'tcp') return;
    this.avoid(this.#penaltyMs);
    this.#penaltyMs = Math.min(this.#penaltyMs * 2, maxPenaltyMs);
  }

  /** Asks it only where no other is left, for so long. */
  avoid(durationMs: number): void {
    this.#avoidUntil = Math.max(this.#avoidUntil, performance.now() + durationMs);
  }
}
