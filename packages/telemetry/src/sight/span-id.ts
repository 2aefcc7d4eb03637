import { randomBytes } from 'node:crypto';

/** Drawn once for each process, and never all zeros; the rest of an id counts. */
const prefix = ((randomBytes(4).readUInt32BE() | 1) >>> 0).toString(16).padStart(8, '0');
let last = 0;

/** A span id that nobody else makes, in 16 hex digits: a draw for each would cost more than the rest of a span. */
export function createSpanId(): string {
  last = (last + 1) >>> 0;
  return prefix + last.toString(16).padStart(8, '0');
}
