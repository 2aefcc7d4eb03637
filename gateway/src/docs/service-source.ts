import type { Backend } from '../upstream/backend.ts';
import { type Mount, throughGateway } from './gateway-view.ts';
import type { Json } from './reference/json.ts';
import type { ServiceDocuments } from './reference/service.ts';

/** A service whose documents are asked for. */
export interface ServiceSourceOptions {
  readonly name: string;
  /** Connections for this alone: readers of the reference take nothing from those who call. */
  readonly backend: Backend;
  /** Before every path at the service. */
  readonly pathPrefix: string;
  readonly mount: Mount;
}

/** What is known of a service now. The same object as long as nothing changed. */
export interface Snapshot {
  readonly name: string;
  /** What it said last; undefined when it has not said anything yet. */
  readonly documents: ServiceDocuments | undefined;
  /** Why that is not from now, in words; undefined while it answers. */
  readonly away: string | undefined;
}

const timeoutMs = 1_500;
const maxBodyBytes = 2 * 1024 * 1024;
/** How long an answer holds, and how long the lack of one. */
const freshMs = 10_000;
const awayMs = 2_000;

interface Fetched {
  readonly text: string;
  readonly document: Json;
}

/** Asks one service for its documents, at most once at a time, and remembers what it said. */
export class ServiceSource {
  readonly mount: Mount;
  readonly #options: ServiceSourceOptions;
  #texts = '';
  #snapshot: Snapshot;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #running: Promise<Snapshot> | undefined;

  constructor(options: ServiceSourceOptions) {
    this.#options = options;
    this.mount = options.mount;
    this.#snapshot = { name: options.name, documents: undefined, away: 'has not been asked yet' };
  }

  get name(): string {
    return this.#options.name;
  }

  /** What the service says of itself; never rejects, and takes no longer than the service may. */
  read(): Snapshot | Promise<Snapshot> {
    if (performance.now() < this.#freshUntil) return this.#snapshot;
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #ask(): Promise<Snapshot> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const [openapi, asyncapi] = await Promise.all([
        this.#fetch('openapi.json', signal),
        this.#fetch('asyncapi.json', signal),
      ]);
      if (openapi === undefined) this.#settle('answers, but does not describe itself', awayMs);
      else this.#keep(openapi, asyncapi);
    } catch (error) {
      this.#settle(signal.aborted ? 'does not answer in time' : sayWhy(error), awayMs);
    }
    return this.#snapshot;
  }

  #keep(openapi: Fetched, asyncapi: Fetched | undefined): void {
    const texts = JSON.stringify([openapi.text, asyncapi?.text]);
    if (texts !== this.#texts) {
      this.#texts = texts;
      const documents = {
        openapi: throughGateway(openapi.document, this.mount),
        asyncapi: asyncapi?.document,
      };
      this.#snapshot = { ...this.#snapshot, documents };
    }
    this.#settle(undefined, freshMs);
  }

  #settle(away: string | undefined, forMs: number): void {
    this.#freshUntil = performance.now() + forMs;
    if (this.#snapshot.away !== away) this.#snapshot = { ...this.#snapshot, away };
  }

  /** Undefined when the service has no such document. */
  async #fetch(name: string, signal: AbortSignal): Promise<Fetched | undefined> {
    const { status, body } = await this.#options.backend.ask({
      path: `${this.#options.pathPrefix}/${name}`,
      fields: ['x-deadline-ms', String(timeoutMs)],
      signal,
      maxBodyBytes,
    });
    if (status === 404) return undefined;
    if (status !== 200) throw new AnswerError(status);
    const text = body.toString();
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      throw new SyntaxError(`${name} is no JSON object`);
    }
    return { text, document: document as Json };
  }
}

class AnswerError extends Error {
  override readonly name = 'AnswerError';

  constructor(status: number) {
    super(`answers with status ${status}`);
  }
}

/** What a reader may know of a failure: nothing of addresses. */
function sayWhy(error: unknown): string {
  if (error instanceof AnswerError) return error.message;
  return error instanceof SyntaxError || error instanceof RangeError
    ? 'answers with what is no description'
    : 'is away';
}
