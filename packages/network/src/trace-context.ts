// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/): which trace a request belongs to, and which
// operation in it is the parent of the next.
import { randomFillSync } from 'node:crypto';

/** The two headers of a trace, as they are sent on. */
export interface TraceContext {
  readonly traceparent: string;
  /** What vendors add; it has no meaning without a traceparent. */
  readonly tracestate?: string | undefined;
}

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]*)?$/;
const maxLength = 128;
const maxStateLength = 512;
/** One line of printable ASCII: a header, over HTTP and over NATS. */
const stateForm = /^[\x20-\x7e\t]*$/;

/** The trace that headers name; undefined when they name none, or not in the standard's form. */
export function traceFrom(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > maxLength) return undefined;
  // A version after 00 may have more parts; version 00 has none.
  if (!form.test(traceparent) || (traceparent.startsWith('00') && traceparent.length !== 55))
    return undefined;
  const usable =
    typeof tracestate === 'string' && tracestate.length <= maxStateLength && stateForm.test(tracestate);
  return usable && tracestate !== '' ? { traceparent, tracestate } : { traceparent };
}

const traceBytes = 16;
const digitsEach = (traceBytes + 8) * 2;
/** Random digits for many traces, drawn at once: a draw costs ten times what is made of it. */
const source = Buffer.alloc(digitsEach * 256);
let drawn = '';
let used = 0;

/** The beginning of a new trace, not sampled: for who comes without one. */
export function createTraceparent(): string {
  if (used === drawn.length) {
    drawn = randomFillSync(source).toString('hex');
    used = 0;
  }
  const from = used;
  const middle = from + traceBytes * 2;
  used += digitsEach;
  return `00-${drawn.slice(from, middle)}-${drawn.slice(middle, used)}-00`;
}

/** The trace id in a traceparent: 32 hex digits, the same in every service that the request meets. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
