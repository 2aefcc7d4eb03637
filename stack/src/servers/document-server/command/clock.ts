import { CommandError } from '../errors.ts';

/** The time limit of the command that runs now. Commands run one at a time, so there is one for all. */
export class Clock {
  #deadline = Number.POSITIVE_INFINITY;

  /** Starts a command's time; 0 is no limit. */
  start(maxTimeMs: number): void {
    this.#deadline = maxTimeMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + maxTimeMs;
  }

  /** Throws MaxTimeMSExpired when the time is over. */
  check(): void {
    if (performance.now() > this.#deadline) {
      throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
    }
  }
}
