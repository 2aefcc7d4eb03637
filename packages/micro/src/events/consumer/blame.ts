import { isFault } from '@tsmicro/dependency';
import { ApiError } from '@tsmicro/network';
import { EventError } from '../../errors.ts';

/** How much is held against an event when its handler fails. */
const failure = 10;
/** What is too much: five failures. */
export const maxBlame = 5 * failure;

/**
 * How much a failed try speaks against the event. After five failures of its handler, a deadline that passed included, it
 * is given up; at once where it cannot be read. While what the handler depends on is away nothing is held against it: the
 * next event would fare no better. A time-out further down may be the one or the other, and counts a tenth.
 */
export function blameOf(error: unknown): number {
  if (error instanceof EventError) return maxBlame;
  if (isFault(error)) return error.fault === 'unavailable' ? 0 : 1;
  if (!(error instanceof ApiError)) return failure;
  if (error.retryable) return 0;
  return error.status === 504 ? 1 : failure;
}
