import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { ApiError, type RequestContext, timedOut, unavailable } from '@tsmicro/network';
import type { ApiQuery } from './api.ts';

const longestAnswerMs = 4_000;
/** So long before its deadline a visit is told that there is no answer: it has a page to write about it. */
const pageMs = 100;

interface SentOperation extends Operation {
  readonly method: string;
}

const sent = new OperationChannel<SentOperation>('http.client');

/** Where the gateway is, and with what a site asks it. */
export interface GatewayOptions {
  /** As in `http://127.0.0.1:8000`. */
  gatewayUrl: string;
  apiKey: string;
  /** Of questions that no browser is behind. @default "tsmicro" */
  userAgent?: string;
}

/** For whom the gateway is asked. */
export interface Visitor {
  readonly context: RequestContext;
  /** The address that the visitor comes from; sent as `x-forwarded-for`. */
  readonly client: string;
  readonly userAgent?: string | undefined;
}

/** One question. */
export interface GatewayQuestion {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As at the gateway, from its root. */
  readonly path: string;
  readonly query?: ApiQuery | undefined;
  readonly body?: unknown;
  readonly accessToken?: string | undefined;
  /** @default 4000 */
  readonly timeoutMs?: number;
}

/** A success, as it was answered. */
export interface GatewayAnswer {
  readonly message: string;
  readonly data: unknown;
}

interface Told {
  message?: unknown;
  data?: unknown;
}

function queryOf(query: ApiQuery = {}): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) said.append(name, String(value));
  }
  return said.size === 0 ? '' : `?${said}`;
}

/** Why a fetch failed. */
function toFault(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const timeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return timeout ? timedOut(undefined, { cause: error }) : unavailable(undefined, { cause: error });
}

function toldBy(text: string): Told {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function failureOf(response: Response, { message, data }: Told): ApiError {
  const { status } = response;
  const words = typeof message === 'string' && message !== '' ? message : 'something went wrong';
  // That is about this site, not about its visitor.
  if ((status === 401 || status === 403) && words.startsWith('x-api-key')) {
    return unavailable(undefined, {
      cause: new Error(`the gateway refuses the API key of this site: ${words}`),
    });
  }
  const retryAfterSec = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retry = Number.isInteger(retryAfterSec) ? { retryAfterSec } : {};
  // No answer with that status is a failure of the kinds that are known.
  return new ApiError(status >= 400 && status <= 599 ? status : 502, words, {
    ...retry,
    ...(data === undefined ? {} : { data }),
  });
}

/** Asks the gateway, as a client with an API key of its own. */
export class GatewayClient {
  readonly #origin: string;
  readonly #apiKey: string;
  readonly #userAgent: string;

  constructor({ gatewayUrl, apiKey, userAgent = 'tsmicro' }: GatewayOptions) {
    this.#origin = gatewayUrl.replace(/\/$/, '');
    this.#apiKey = apiKey;
    this.#userAgent = userAgent;
  }

  /** @throws {ApiError} for every answer that is no success, 503 and 504 for none */
  async ask(question: GatewayQuestion, visitor: Visitor): Promise<GatewayAnswer> {
    const { traceparent, tracestate } = visitor.context;
    const operation: SentOperation = {
      name: 'gateway',
      startedAt: performance.now(),
      method: question.method,
      traceparent,
      tracestate,
    };
    const { observed } = sent;
    if (observed) sent.start(operation);
    try {
      return await this.#send(question, visitor, operation);
    } catch (error) {
      const failure = toFault(error);
      if (operation.status === undefined) operation.error = failure;
      throw failure;
    } finally {
      if (observed) sent.end(operation);
    }
  }

  async #send(question: GatewayQuestion, visitor: Visitor, operation: SentOperation): Promise<GatewayAnswer> {
    const { method, path, query, body, timeoutMs = longestAnswerMs } = question;
    const { context } = visitor;
    const waitMs = Math.floor(Math.min(timeoutMs, context.timeLeftMs() - pageMs));
    if (waitMs <= 0) throw timedOut();
    const response = await fetch(`${this.#origin}${path}${queryOf(query)}`, {
      method,
      headers: this.#headersOf(question, visitor, operation),
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(waitMs), context.signal]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    operation.status = response.status;
    const told = toldBy(await response.text());
    if (!response.ok) throw failureOf(response, told);
    return { message: String(told.message ?? ''), data: told.data };
  }

  #headersOf(
    { body, accessToken }: GatewayQuestion,
    { context, client, userAgent }: Visitor,
    { traceparent, tracestate }: SentOperation,
  ): Record<string, string> {
    return {
      accept: 'application/json',
      'x-api-key': this.#apiKey,
      'x-request-id': context.requestId,
      'x-forwarded-for': client,
      'user-agent': userAgent ?? this.#userAgent,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    };
  }
}
