// Kong's Admin API without a database: POST /config takes a whole declarative configuration, GET /status gives the hash
// of the one that is in force. https://developer.konghq.com/gateway/db-less-mode/
import { compileValidator } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';

const statusTimeoutMs = 2_000;
/** Kong takes a configuration in one go, its workers one after the other. */
const postTimeoutMs = 10_000;
const maxWords = 4_000;

const Status = Type.Object({ configuration_hash: Type.Optional(Type.String()) });
const validateStatus = compileValidator(Status);
const isStatus = (value: unknown): value is Static<typeof Status> => validateStatus(value).length === 0;

/** Kong does not take this configuration, however often it is posted; `message` has its words. */
export class KongRefusal extends Error {
  override readonly name = 'KongRefusal';
}

/** What became of a post: `unchanged` when Kong had just this. */
export type Posted = 'taken' | 'unchanged';

/** Kong refuses for good what it says 4xx to, but 408 and 429, which it says while it is busy. */
const isFinal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** The Admin API of one Kong. */
export class KongAdmin {
  readonly #url: string;

  /** `url` as in `http://127.0.0.1:8001`. */
  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
  }

  /** The hash of the configuration in force; undefined when Kong tells none. @throws when it does not answer */
  async configurationHash(signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#fetch('/status', { signal: within(statusTimeoutMs, signal) });
    const status: unknown = await answer.json();
    if (!answer.ok || !isStatus(status)) throw new Error(`GET /status was answered by ${answer.status}`);
    return status.configuration_hash;
  }

  /** Puts a configuration in force. @throws {KongRefusal} and whatever says that Kong is not there now */
  async post(config: string, signal: AbortSignal): Promise<Posted> {
    const answer = await this.#fetch('/config?check_hash=1', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // As a text in a field: of that Kong takes the hash, so that it knows the same one again.
      body: JSON.stringify({ config }),
      signal: within(postTimeoutMs, signal),
    });
    if (answer.ok || answer.status === 304) {
      await answer.body?.cancel();
      return answer.ok ? 'taken' : 'unchanged';
    }
    const words = (await answer.text()).slice(0, maxWords);
    if (isFinal(answer.status)) throw new KongRefusal(words);
    throw new Error(`POST /config was answered by ${answer.status}: ${words}`);
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    return fetch(this.#url + path, { ...init, redirect: 'error' });
  }
}

const within = (ms: number, signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
