import { type Answer, jsonContentType } from '../proxy/answer.ts';

/** The refusal of a key, as the verifying service answered it. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly contentType: string;
  readonly body: string;
}

/** What the verifying service said of a key. */
export type Ruling = 'granted' | Refusal;

/** A ruling with its times, which are of performance.now. */
export interface Verification {
  readonly ruling: Ruling;
  /** The service was asked after that: it knew what had happened until then. */
  readonly askedAt: number;
  /** When a granted key ends; Infinity for one of which no end is known. */
  readonly endsAt: number;
}

function parseEnvelope(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The refusal passed on. A kept one was made for another request: the id in its envelope becomes this request's,
 * so that header and body name the same.
 */
export function toAnswer(refusal: Refusal, requestId: string): Answer {
  const envelope = parseEnvelope(refusal.body);
  if (typeof envelope?.requestId !== 'string') return refusal;
  return {
    status: refusal.status,
    contentType: jsonContentType,
    body: JSON.stringify({ ...envelope, requestId }),
  };
}
