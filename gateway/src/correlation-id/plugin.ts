// Kong's plugin correlation-id: a request carries an id, the client's or a new one, through every service.
import { pass } from '../plugin/pass.ts';
import type { Plugin, PluginKind, Verdict } from '../plugin/plugin.ts';
import { AnswerHeader } from '../proxy/answer-header.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { createGenerator, type Generator } from './generator.ts';
import { type CorrelationSettings, ownHeader, parseCorrelationSettings } from './settings.ts';

class CorrelationId implements Plugin {
  readonly #headerName: string;
  readonly #echoDownstream: boolean;
  readonly #generate: Generator;

  constructor({ headerName, generator, echoDownstream }: CorrelationSettings) {
    this.#headerName = headerName;
    this.#echoDownstream = echoDownstream;
    this.#generate = createGenerator(generator);
  }

  access(exchange: Exchange): Verdict {
    let id = exchange.request.header(this.#headerName);
    if (id === undefined || id === '') {
      id = this.#generate(exchange);
      exchange.setHeader(this.#headerName, id);
    }
    if (this.#echoDownstream) exchange.answerHeaders.push(new AnswerHeader(this.#headerName, id));
    return undefined;
  }
}

/** `correlation-id`, for declarations. */
export const correlationIdPlugin: PluginKind = {
  name: 'correlation-id',
  priority: 100_001,
  parse(config) {
    const settings = parseCorrelationSettings(config);
    // For X-Request-ID the gateway does it without being told.
    return () => (settings.headerName === ownHeader ? pass : new CorrelationId(settings));
  },
};
