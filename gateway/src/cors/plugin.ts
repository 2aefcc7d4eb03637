// Kong's plugin cors: which pages of other origins may read answers, https://fetch.spec.whatwg.org/#http-cors-protocol.
import type { Plugin, PluginKind, Verdict } from '../plugin/plugin.ts';
import type { Answer } from '../proxy/answer.ts';
import { AnswerHeader } from '../proxy/answer-header.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { normalizeOrigin } from './origin.ts';
import { type CorsSettings, parseCorsSettings } from './settings.ts';

const toAllowed = (origin: string) => new AnswerHeader('access-control-allow-origin', origin);
const anyAllowed = toAllowed('*');
const noneAllowed = toAllowed('');
const withCredentials = new AnswerHeader('access-control-allow-credentials', 'true');
const withoutCredentials = new AnswerHeader('access-control-allow-credentials', '');
const varies = new AnswerHeader('vary', 'Origin');

class Cors implements Plugin {
  readonly #settings: CorsSettings;
  readonly #exposed: AnswerHeader | undefined;
  /** What is told to everybody: of a single origin, where a page of another one sees that it is not meant. */
  readonly #single: AnswerHeader | undefined;

  constructor(settings: CorsSettings) {
    const { exposedHeaders, origins } = settings;
    this.#settings = settings;
    if (exposedHeaders !== undefined) {
      this.#exposed = new AnswerHeader('access-control-expose-headers', exposedHeaders);
    }
    const [single, ...others] = origins ?? [];
    if (origins === undefined) this.#single = anyAllowed;
    else if (others.length === 0 && single?.only !== undefined) this.#single = toAllowed(single.only);
  }

  access(exchange: Exchange): Verdict {
    const { request } = exchange;
    const origin = request.header('origin');
    const { preflightContinue, allowOriginAbsent } = this.#settings;
    const asks =
      request.method === 'OPTIONS' && request.header('access-control-request-method') !== undefined;
    if (asks && origin !== undefined) {
      return preflightContinue ? undefined : this.#answerPreflight(exchange, origin);
    }
    if (origin === undefined && !allowOriginAbsent) return undefined;
    this.#sayWhoMayRead(exchange, origin);
    if (this.#exposed !== undefined) exchange.answerHeaders.push(this.#exposed);
    return undefined;
  }

  /** No service is asked, and no key: a browser sends none with a preflight. */
  #answerPreflight(exchange: Exchange, origin: string): Answer {
    const { request } = exchange;
    const { headers: allowed = request.header('access-control-request-headers'), ...settings } =
      this.#settings;
    const headers: Record<string, string> = { 'access-control-allow-methods': settings.methods };
    if (allowed !== undefined) headers['access-control-allow-headers'] = allowed;
    if (settings.maxAgeSec !== undefined) headers['access-control-max-age'] = String(settings.maxAgeSec);
    if (settings.privateNetwork && request.header('access-control-request-private-network') === 'true') {
      headers['access-control-allow-private-network'] = 'true';
    }
    this.#sayWhoMayRead(exchange, origin);
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: '', headers };
  }

  #sayWhoMayRead({ answerHeaders }: Exchange, origin: string | undefined): void {
    const { origins, credentials } = this.#settings;
    const mayRead = origin !== undefined && origins?.some((rule) => rule.allows(origin)) === true;
    if (origins !== undefined) answerHeaders.push(varies);
    // Nobody else's word counts: without a value the service's own header is kept back.
    answerHeaders.push(this.#single ?? (mayRead ? toAllowed(normalizeOrigin(origin)) : noneAllowed));
    answerHeaders.push(credentials && mayRead ? withCredentials : withoutCredentials);
  }
}

/** `cors`, for declarations. */
export const corsPlugin: PluginKind = {
  name: 'cors',
  priority: 2_000,
  parse(config) {
    const settings = parseCorsSettings(config);
    return () => new Cors(settings);
  },
};
