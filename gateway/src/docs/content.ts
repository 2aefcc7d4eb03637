import { createEntityTag, hasEntityTag } from '@tsmicro/network';
import type { Answer } from '../proxy/answer.ts';

/** Pages load their own style and script, and nothing else from anywhere; nobody may frame them. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const headers = {
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** Something that is sent as it is to everybody: a page, a file, a document. */
export class Content {
  readonly #answer: Answer;
  readonly #etag: string;

  constructor(contentType: string, body: string) {
    this.#etag = createEntityTag(body);
    this.#answer = { status: 200, contentType, body, headers: { ...headers, etag: this.#etag } };
  }

  /** The content, or 304 for who has it already (RFC 9110, section 13.1.2). */
  answer(ifNoneMatch: string | undefined): Answer {
    return hasEntityTag(ifNoneMatch, this.#etag) ? { ...this.#answer, status: 304, body: '' } : this.#answer;
  }
}

/** Sends the reader on to the same page under the address that its links are made for. */
export function redirectTo(location: string): Answer {
  return {
    status: 308,
    contentType: 'text/plain; charset=utf-8',
    body: '',
    headers: { ...headers, location },
  };
}
