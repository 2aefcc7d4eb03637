import type { Tally } from '@tsmicro/telemetry';
import type { Logger } from 'pino';
import type { Revocations } from '../apikey/revocations.ts';
import type { Mapping } from '../declaration/mapping.ts';
import type { KongMetrics } from '../prometheus/kong-metrics.ts';
import type { Answer } from '../proxy/answer.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { Counting } from '../rate-limiting/counting.ts';
import type { Address } from '../upstream/address.ts';
import type { UpstreamBook } from '../upstream/upstream-book.ts';

/** What a plugin decides about a request: an answer that ends it here, or undefined to let it pass. */
export type Verdict = Answer | undefined;

/**
 * Something that sees every request of the routes it runs on before the service does. What it throws is answered
 * like everything thrown here; a verdict at hand is returned as it is, without a promise.
 */
export interface Plugin {
  access(exchange: Exchange): Verdict | Promise<Verdict>;
  /** Lets go of what it holds; no request comes any more. */
  close?(): void | Promise<void>;
}

/** What plugins may use. */
export interface PluginResources {
  /** Opens what stands behind hosts of the declaration; the plugin closes what it opens. */
  readonly targets: UpstreamBook;
  /** Where a name and port of the declaration live. */
  addressOf(host: string, port: number): Address;
  readonly logger: Logger;
  /** Where decisions about API keys are counted: what was decided, and "cache" or "service". */
  readonly decisions: Tally;
  /** Tells of API keys that are no longer good; whoever subscribes unsubscribes when it is closed. */
  readonly revocations: Revocations;
  /** Whether limits of rates are in force. */
  readonly rateLimit: boolean;
  /** What they count with. */
  readonly counting: Counting;
  /** Metrics under Kong's names. */
  readonly kongMetrics: KongMetrics;
}

/** Builds a plugin out of the configuration that was read. */
export type PluginFactory = (resources: PluginResources) => Plugin;

/** A plugin that a declaration can name. */
export interface PluginKind {
  readonly name: string;
  /** The higher runs first, as in Kong. */
  readonly priority: number;
  /**
   * Reads its `config`; notes what is wrong there on the mapping. `scope` says where it was declared, as in
   * `service auth`; empty for everywhere.
   */
  parse(config: Mapping, scope: string): PluginFactory;
}
