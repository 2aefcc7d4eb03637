// Kong's plugin cors: which pages of other origins may read answers, https://fetch.spec.whatwg.org/#http-cors-protocol.
import type { Plugin, PluginKind, Verdict } from '../plugin/plugin.ts';
import type { Answer } from '../proxy/answer.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { normalizeOrigin } from './origin.ts';
import { type CorsSettings, parseCorsSettings } from './settings.ts';

class Cors implements Plugin {
  readonly #settings: CorsSettings;

  constructor(settings: CorsSettings) {
    this.#settings = settings;
  }

  access(exchange: Exchange): Verdict {
    const { request } = exchange;
    const origin = request.header('origin');
    const { preflightContinue, allowOriginAbsent, exposedHeaders } = this.#settings;
    const asks =
      request.method === 'OPTIONS' && request.header('access-control-request-method') !== undefined;
    if (asks && origin !== undefined) {
      return preflightContinue ? undefined : this.#answerPreflight(exchange, origin);
    }
    if (origin === undefined && !allowOriginAbsent) return undefined;
    this.#sayWhoMayRead(exchange, origin);
    if (exposedHeaders !== undefined) {
      exchange.answerHeaders.push('access-control-expose-headers', exposedHeaders);
    }
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
    if (origins !== undefined) answerHeaders.push('vary', 'Origin');
    // A single origin is told to everybody, and a page of another one sees that it is not meant. Nobody else's word
    // counts: without a value the service's own header is kept back.
    const [single, ...others] = origins ?? [];
    const told = others.length === 0 ? single?.only : undefined;
    const allowed = origins === undefined ? '*' : (told ?? (mayRead ? normalizeOrigin(origin) : ''));
    answerHeaders.push('access-control-allow-origin', allowed);
    answerHeaders.push('access-control-allow-credentials', credentials && mayRead ? 'true' : '');
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
