import type { Logger } from '@tsmicro/dependency';
import { requestIdFrom } from './request-context.ts';

/** So many are answered in a second at most: each costs a core 50 to 120 µs, nearly all of it in the kernel. */
const maxPerSec = 1_000;
/** So many may be answered at once after a quiet moment. */
const burst = 100;
const flushEveryMs = 10;
const logEveryMs = 1_000;

const headers = [
  'content-type',
  'application/json; charset=utf-8',
  'x-content-type-options',
  'nosniff',
  'cache-control',
  'no-store',
  'retry-after',
  '1',
];
const message = 'too many requests are running';

/** What is asked of a request that is refused; one of node:http has it. */
export interface RefusableRequest {
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
}

/** What a refusal is sent by; a response of node:http can do it. */
export interface RefusableResponse {
  writeHead(status: number, headers: string[]): unknown;
  end(body: string): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** The request id of the caller, found without taking all headers apart. */
function requestIdOf({ rawHeaders }: RefusableRequest): string {
  const name = 'x-request-id';
  const at = rawHeaders.findIndex(
    (header, index) => index % 2 === 0 && header.length === name.length && header.toLowerCase() === name,
  );
  return requestIdFrom(at === -1 ? undefined : rawHeaders[at + 1]);
}

function answer(response: RefusableResponse, requestId: string): void {
  const body = `{"code":"10001","status":503,"message":"${message}","requestId":"${requestId}"}`;
  response.writeHead(503, [
    ...headers,
    'x-request-id',
    requestId,
    'content-length',
    String(Buffer.byteLength(body)),
  ]);
  response.end(body);
}

/**
 * Answers requests that are too many with 503 and `retry-after`. Few are answered at once; of a flood each waits for its
 * turn, which bounds what refusing costs: whoever waits does not ask again meanwhile. As many wait as there are
 * connections, and those are bounded by the edge.
 */
export class Refusals {
  readonly #logger: Logger | undefined;
  readonly #waiting = new Map<RefusableResponse, string>();
  #timer: NodeJS.Timeout | undefined;
  #allowance = burst;
  #refilledAt = 0;
  #unlogged = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  /** What is refused is counted in the log, once a second. */
  constructor(logger?: Logger) {
    this.#logger = logger;
  }

  /** Refuses a request that nothing was done for. */
  refuse(request: RefusableRequest, response: RefusableResponse): void {
    const requestId = requestIdOf(request);
    this.#log();
    if (this.#waiting.size === 0 && this.#spend()) {
      answer(response, requestId);
      return;
    }
    this.#waiting.set(response, requestId);
    response.once('close', () => this.#waiting.delete(response));
    this.#timer ??= setInterval(() => this.#flush(), flushEveryMs);
  }

  /** Answers all that wait, now. */
  close(): void {
    for (const [response, requestId] of this.#waiting) answer(response, requestId);
    this.#rest();
  }

  #flush(): void {
    for (const [response, requestId] of this.#waiting) {
      if (!this.#spend()) return;
      this.#waiting.delete(response);
      answer(response, requestId);
    }
    this.#rest();
  }

  #rest(): void {
    this.#waiting.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #spend(): boolean {
    const now = performance.now();
    this.#allowance = Math.min(burst, this.#allowance + ((now - this.#refilledAt) * maxPerSec) / 1_000);
    this.#refilledAt = now;
    if (this.#allowance < 1) return false;
    this.#allowance--;
    return true;
  }

  #log(): void {
    this.#unlogged++;
    const now = performance.now();
    if (now - this.#loggedAt < logEveryMs) return;
    this.#logger?.warn({ refused: this.#unlogged }, 'more requests come than can be answered');
    this.#unlogged = 0;
    this.#loggedAt = now;
  }
}
