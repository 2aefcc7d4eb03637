import assert from 'node:assert/strict';
import { type Answer, headerOf } from './client.ts';

/** A failure looks the same whoever found it: the envelope, with the status and the id that the head tells too. */
export function assertFailure(answer: Answer, status: number, what: string): void {
  assert.equal(answer.status, status, what);
  const { code, status: told, message, requestId } = answer.json ?? {};
  assert.deepEqual([code, told, typeof message], ['10001', status, 'string'], what);
  assert.equal(requestId, headerOf(answer, 'x-request-id'), what);
  assert.match(String(requestId), /^[\w.-]{1,128}$/, what);
  assert.match(headerOf(answer, 'content-type') ?? '', /^application\/json/, what);
}
