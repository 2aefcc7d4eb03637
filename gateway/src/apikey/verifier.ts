import { performance } from 'node:perf_hooks';
import { unavailable } from '@tsmicro/network';
import type { Exchange } from '../proxy/exchange.ts';
import { beginSending, endSending } from '../proxy/observation.ts';
import type { Backend } from '../upstream/backend.ts';
import type { Target } from '../upstream/target.ts';
import type { UpstreamBook } from '../upstream/upstream-book.ts';
import type { Verification } from './ruling.ts';
import type { ApikeySettings } from './settings.ts';

/** Connections of its own: a service busy with requests does not keep keys from being checked. */
const connections = 16;
/** Checks at once; a flood of invented keys gets 503 beyond it and leaves the rest of the gateway alone. */
const maxChecks = 64;
const maxBodyBytes = 16 * 1024;
const maxInstancesAsked = 3;
const expiryHeader = 'x-apikey-expires-in';

/**
 * When a key ends that was asked for at `askedAt`: the header says the whole seconds it has left. A value that says
 * something else is none, since what it meant is not known.
 */
function endOf(expiresIn: string | undefined, askedAt: number): number {
  if (expiresIn === undefined) return Number.POSITIVE_INFINITY;
  return /^\d+$/.test(expiresIn) ? askedAt + Number(expiresIn) * 1_000 : askedAt;
}

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
  async verify(key: string, exchange: Exchange): Promise<Verification> {
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
    for (const { backend } of this.#addresses) backend.close();
  }

  async #askInTurn(key: string, exchange: Exchange): Promise<Verification> {
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

  async #observed(attempt: Attempt, key: string, exchange: Exchange): Promise<Verification> {
    const { requestId } = exchange;
    const sending = beginSending(exchange, 'apikey-check', performance.now());
    const { traceparent, tracestate } = sending?.trace ?? exchange.trace;
    const fields = ['x-api-key', key, 'x-request-id', requestId];
    fields.push('x-deadline-ms', String(attempt.timeoutMs), 'traceparent', traceparent);
    if (tracestate !== undefined) fields.push('tracestate', tracestate);
    try {
      const verification = await this.#ask(attempt, fields);
      const { ruling } = verification;
      endSending(sending, ruling === 'granted' ? 200 : ruling.status);
      return verification;
    } catch (error) {
      endSending(sending, undefined, error);
      throw error;
    }
  }

  async #ask({ address, tried, timeoutMs }: Attempt, sent: readonly string[]): Promise<Verification> {
    const { backend, path } = address;
    const signal = AbortSignal.timeout(timeoutMs);
    const askedAt = performance.now();
    const { status, fields, body } = await backend.ask({ path, fields: sent, signal, maxBodyBytes }, tried);
    if (status >= 200 && status < 300) {
      return { ruling: 'granted', askedAt, endsAt: endOf(fields.value(expiryHeader), askedAt) };
    }
    if (status !== 401 && status !== 403) throw new Error(`the key check was answered with ${status}`);
    const contentType = fields.value('content-type') ?? 'text/plain';
    return {
      ruling: { status, contentType, body: body.toString() },
      askedAt,
      endsAt: Number.POSITIVE_INFINITY,
    };
  }
}
