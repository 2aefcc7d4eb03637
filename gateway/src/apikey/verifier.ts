import { unavailable } from '@tsmicro/network';
import type { Dispatcher } from 'undici';
import type { Exchange } from '../proxy/exchange.ts';
import { observeSending } from '../proxy/observation.ts';
import type { Backend } from '../upstream/backend.ts';
import type { Target } from '../upstream/target.ts';
import type { UpstreamBook } from '../upstream/upstream-book.ts';
import type { Ruling } from './ruling.ts';
import type { ApikeySettings } from './settings.ts';

/** Connections of its own: a service busy with requests does not keep keys from being checked. */
const connections = 16;
/** Checks at once; a flood of invented keys gets 503 beyond it and leaves the rest of the gateway alone. */
const maxChecks = 64;
const maxBodyBytes = 16 * 1024;
const maxInstancesAsked = 3;

interface Address {
  readonly backend: Backend;
  readonly path: string;
}

interface Attempt {
  readonly address: Address;
  /** Those that were asked before: another one knows perhaps. */
  readonly tried: Target[];
  readonly timeoutMs: number;
}

async function readText({ body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new RangeError('the answer to a key check is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Asks the verifying service about keys. */
export class Verifier {
  readonly #addresses: readonly Address[];
  readonly #timeoutMs: number;
  #running = 0;

  constructor(settings: ApikeySettings, targets: UpstreamBook) {
    this.#timeoutMs = settings.timeoutMs;
    this.#addresses = settings.verificationAddresses.map(({ host, port, path }) => ({
      path,
      backend: targets.open(host, port, {
        connectTimeoutMs: settings.timeoutMs,
        connections,
        queue: maxChecks,
      }),
    }));
  }

  /**
   * Asks one address after the other, from a random one, until one knows: 2xx grants, 401 and 403 refuse, everything
   * else is no answer.
   * @throws {ApiError} 503 when none answers in time, or when too many checks are running
   */
  async verify(key: string, exchange: Exchange): Promise<Ruling> {
    if (this.#running >= maxChecks) throw unavailable();
    this.#running++;
    try {
      return await this.#askInTurn(key, exchange);
    } finally {
      this.#running--;
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await Promise.all(this.#addresses.map(({ backend }) => backend.close()));
  }

  async #askInTurn(key: string, exchange: Exchange): Promise<Ruling> {
    const deadline = performance.now() + this.#timeoutMs;
    let cause: unknown;
    const first = Math.floor(Math.random() * this.#addresses.length);
    const attempts = this.#attempts;
    const tried: Target[] = [];
    for (let i = 0; i < attempts; i++) {
      const address = this.#addresses[(first + i) % this.#addresses.length];
      if (address === undefined) break;
      // Each gets an equal share of what is left: one that hangs leaves time for the next.
      const shareMs = Math.max(1, Math.floor((deadline - performance.now()) / (attempts - i)));
      try {
        return await this.#observed({ address, tried, timeoutMs: shareMs }, key, exchange);
      } catch (error) {
        cause = error;
      }
    }
    throw unavailable(undefined, { cause });
  }

  /** One for each address; where one stands for several instances, one for each of the first three. */
  get #attempts(): number {
    const targets = new Set(this.#addresses.flatMap(({ backend }) => backend.upstream.targets));
    return Math.max(this.#addresses.length, Math.min(targets.size, maxInstancesAsked));
  }

  async #observed(attempt: Attempt, key: string, exchange: Exchange): Promise<Ruling> {
    const { requestId } = exchange;
    const { trace, end } = observeSending(exchange, 'apikey-check');
    const { traceparent, tracestate } = trace;
    const headers = {
      'x-api-key': key,
      'x-request-id': requestId,
      'x-deadline-ms': String(attempt.timeoutMs),
      traceparent,
      ...(tracestate === undefined ? {} : { tracestate }),
    };
    try {
      const ruling = await this.#ask(attempt, headers);
      end(ruling === 'granted' ? 200 : ruling.status);
      return ruling;
    } catch (error) {
      end(undefined, error);
      throw error;
    }
  }

  async #ask({ address, tried, timeoutMs }: Attempt, headers: Record<string, string>): Promise<Ruling> {
    const { backend, path } = address;
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await backend.request({ method: 'GET', path, headers, signal }, tried);
    const { statusCode } = answer;
    if (statusCode >= 200 && statusCode < 300) {
      await answer.body.dump();
      return 'granted';
    }
    const body = await readText(answer);
    if (statusCode !== 401 && statusCode !== 403)
      throw new Error(`the key check was answered with ${statusCode}`);
    const contentType = answer.headers['content-type'];
    return {
      status: statusCode,
      contentType: typeof contentType === 'string' ? contentType : 'text/plain',
      body,
    };
  }
}
