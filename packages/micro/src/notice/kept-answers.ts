import type { Logger } from '@tsmicro/dependency';
import { currentContext, RequestContext, runInContext } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import { LRUCache } from 'lru-cache';
import { maxTimeoutMs, type NatsClient } from '../client.ts';
import type { Notice } from './notice.ts';
import { Trust } from './trust.ts';

/** What is kept, for how long, and what ends it. */
export interface KeptAnswersOptions<T, S extends TSchema> {
  notice: Notice<S>;
  /** Names what an answer is about: users, sessions. */
  subjectsOf: (answer: T) => readonly string[];
  /** Names what a notice is about; undefined for all. */
  concernedBy: (notice: Static<S>) => readonly string[] | undefined;
  /** When an answer is no longer good by itself, in milliseconds since 1970. @default never */
  expiresAt?: (answer: T) => number;
  /** Longest life of an answer, from when it was asked for. Up to a tenth is taken off at random. @default 30000 */
  keepMs?: number;
  /** @default 10000 */
  max?: number;
  logger?: Logger;
}

/** How questions ended. */
export interface KeptAnswersFigures {
  /** Answered by what was kept. */
  hits: number;
  /** Answered by the other service, for one or for all who waited for it. */
  asked: number;
  /** Joined a question that was under way. */
  shared: number;
  /** Kept now. */
  size: number;
}

interface Kept<T> {
  readonly answer: T;
  /** Of `performance.now()`. */
  readonly until: number;
}

/**
 * Answers of another service, kept while that service tells what changes them: none is given that is older than a change
 * which was acknowledged before. Cut off from NATS, or stopped for a while, it gives nothing that was kept before.
 * Failures are not kept.
 */
export class KeptAnswers<T extends object, S extends TSchema> {
  readonly #options: KeptAnswersOptions<T, S>;
  readonly #trust: Trust<S>;
  readonly #kept: LRUCache<string, Kept<T>>;
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #flights = new Map<string, Promise<T>>();
  readonly #counts = { hits: 0, asked: 0, shared: 0 };
  /** Counts all that may have made an answer under way untrue. */
  #changes = 0;

  /** Use {@link keepAnswers}. */
  constructor(client: NatsClient, options: KeptAnswersOptions<T, S>) {
    this.#options = options;
    this.#kept = new LRUCache({
      max: options.max ?? 10_000,
      dispose: (kept, key) => this.#unlist(key, kept),
    });
    const { notice, concernedBy, logger } = options;
    this.#trust = new Trust(client, {
      notice,
      onNotice: (data) => this.drop(data === undefined ? undefined : concernedBy(data)),
      onGap: () => this.drop(),
      logger,
    });
  }

  /** What is kept under the key, when it may be used now. */
  find(key: string): T | undefined {
    if (!this.#trust.holds()) return undefined;
    const kept = this.#kept.get(key);
    if (kept === undefined || performance.now() >= kept.until) return undefined;
    this.#counts.hits++;
    return kept.answer;
  }

  /** What is kept under the key, or what `ask` gives; who asks for the same at once shares one question and its error. */
  async through(key: string, ask: () => Promise<T>): Promise<T> {
    const found = this.find(key);
    if (found !== undefined) return found;
    if (this.#trust.holds()) return this.#share(key, ask);
    if (!this.#kept.has(key) && !this.#flights.has(key)) return this.#fly(key, ask);
    // To hear from NATS's server that nothing has changed costs less than to ask anew.
    if (await this.#trust.renew()) return this.find(key) ?? this.#share(key, ask);
    this.#counts.asked++;
    return ask();
  }

  /** Forgets what is about any of these, and what is under way; everything when none are given. */
  drop(subjects?: readonly string[]): void {
    this.#changes++;
    // Whoever comes from now on must not be given an answer that was asked for before.
    this.#flights.clear();
    if (subjects === undefined) this.#kept.clear();
    else
      for (const subject of subjects)
        for (const key of [...(this.#keysOf.get(subject) ?? [])]) this.#kept.delete(key);
  }

  get figures(): KeptAnswersFigures {
    return { ...this.#counts, size: this.#kept.size };
  }

  /** Keeps nothing from now on. */
  close(): void {
    this.#trust.close();
    this.drop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** While trust holds, what is under way was asked for after every change that was acknowledged before. */
  #share(key: string, ask: () => Promise<T>): Promise<T> {
    const underWay = this.#flights.get(key);
    if (underWay === undefined) return this.#fly(key, ask);
    this.#counts.shared++;
    return underWay;
  }

  #fly(key: string, ask: () => Promise<T>): Promise<T> {
    const answer = this.#ask(key, ask);
    this.#flights.set(key, answer);
    const land = () => {
      if (this.#flights.get(key) === answer) this.#flights.delete(key);
    };
    answer.then(land, land);
    return answer;
  }

  async #ask(key: string, ask: () => Promise<T>): Promise<T> {
    this.#counts.asked++;
    const askedAt = performance.now();
    const changes = this.#changes;
    const answer = await runForAll(ask);
    if (changes === this.#changes) this.#keep(key, answer, askedAt);
    return answer;
  }

  #keep(key: string, answer: T, askedAt: number): void {
    const { keepMs = 30_000, expiresAt, subjectsOf } = this.#options;
    const life = askedAt + keepMs * (1 - Math.random() / 10);
    const until = expiresAt === undefined ? life : Math.min(life, fromWallClock(expiresAt(answer)));
    this.#kept.set(key, { answer, until });
    for (const subject of subjectsOf(answer)) {
      const keys = this.#keysOf.get(subject);
      if (keys === undefined) this.#keysOf.set(subject, new Set([key]));
      else keys.add(key);
    }
  }

  #unlist(key: string, { answer }: Kept<T>): void {
    for (const subject of this.#options.subjectsOf(answer)) {
      const keys = this.#keysOf.get(subject);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysOf.delete(subject);
    }
  }
}

const fromWallClock = (epochMs: number) => performance.now() + epochMs - Date.now();

/** With a time of its own: that of the first who asks may be nearly over, and others wait for the answer too. */
function runForAll<T>(ask: () => Promise<T>): Promise<T> {
  const context = currentContext();
  if (context === undefined) return ask();
  const { requestId, traceparent, tracestate } = context;
  const trace = traceparent === undefined ? undefined : { traceparent, tracestate };
  return runInContext(new RequestContext({ requestId, trace, timeoutMs: maxTimeoutMs }), ask);
}

/** Keeps answers of the service that tells the notice. */
export function keepAnswers<T extends object, S extends TSchema>(
  client: NatsClient,
  options: KeptAnswersOptions<T, S>,
): KeptAnswers<T, S> {
  return new KeptAnswers(client, options);
}
