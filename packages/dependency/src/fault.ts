/** Why a dependency gave no answer: it is away, or it took too long; no fault of the request. */
export type Fault = 'unavailable' | 'timeout';

/** True for an error that says by its property `fault` that a dependency was away or too slow. */
export function isFault(error: unknown): error is Error & { fault: Fault } {
  return (
    error instanceof Error && 'fault' in error && (error.fault === 'unavailable' || error.fault === 'timeout')
  );
}
