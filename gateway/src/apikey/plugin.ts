// The plugin apikey-auth-plugin: who calls an API must show a key that the auth service knows. The same rules are
// followed by the plugin of this name for Kong.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { badRequest, forbidden, internal, unauthorized } from '@tsmicro/network';
import type { Tally } from '@tsmicro/telemetry';
import { pass } from '../plugin/pass.ts';
import type { Plugin, PluginKind, PluginResources, Verdict } from '../plugin/plugin.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { Digests } from './digests.ts';
import { type Ruling, toAnswer } from './ruling.ts';
import { RulingCache } from './ruling-cache.ts';
import { type ApikeySettings, parseApikeySettings } from './settings.ts';
import { Verifier } from './verifier.ts';

const headerName = 'x-api-key';
/** A key known a moment ago waits this long for its next check, then goes on while the check does. */
const knownKeyWaitMs = 100;
const healthPath = /^\/[^/]+\/health$/;

/** Whether a request for this path must show a key. */
export const needsApiKey = (path: string) => !(path.endsWith('/health') && healthPath.test(path));

/** A longer one is none: the verifier's own headers would not take it. */
const longestKey = 1_024;

/** Repeated headers are joined with ", ": only then they are counted. */
function apikeyOf({ request }: Exchange): string {
  const key = (request.header(headerName) ?? '').trim();
  const several = key.includes(',');
  if (several) {
    const count = request.fields.names.filter((name) => name === headerName);
    if (count.length > 1) throw badRequest('x-api-key header is there twice');
  }
  if (key === '') throw unauthorized('x-api-key header is missing');
  if (several || key.length > longestKey) throw forbidden('x-api-key is invalid');
  return key;
}

/** A running check, and a moment before it asked. */
interface Check {
  readonly startedAt: number;
  readonly ruling: Promise<Ruling>;
}

class ApikeyAuth implements Plugin {
  readonly #settings: ApikeySettings;
  readonly #verifier: Verifier;
  readonly #rulings: RulingCache;
  readonly #decisions: Tally;
  readonly #unsubscribe: () => void;
  readonly #checks = new Map<string, Check>();
  readonly #digests = new Digests();
  readonly #granted: { value: number };

  constructor(settings: ApikeySettings, { targets, decisions, revocations }: PluginResources) {
    this.#settings = settings;
    this.#verifier = new Verifier(settings, targets);
    this.#decisions = decisions;
    this.#granted = decisions.counter('granted', 'cache');
    this.#rulings = new RulingCache(settings);
    this.#unsubscribe = revocations.subscribe(this.#rulings);
  }

  access(exchange: Exchange): Verdict | Promise<Verdict> {
    if (!needsApiKey(exchange.path)) return undefined;
    const key = apikeyOf(exchange);
    if (this.#settings.verificationAddresses.length === 0) {
      throw internal(new Error('apikey-auth-plugin has no verification_urls'));
    }
    if (this.#settings.hideCredentials) exchange.dropHeader(headerName);
    const digest = this.#digests.of(exchange.request.connection, key);
    const ruling = this.#rulings.find(digest, exchange.arrivedAt);
    if (ruling === 'granted') {
      this.#granted.value++;
      return undefined;
    }
    if (ruling === undefined) return this.#check(digest, key, exchange);
    this.#count(ruling, 'cache');
    return toAnswer(ruling, exchange.requestId);
  }

  close(): Promise<void> {
    this.#unsubscribe();
    return this.#verifier.close();
  }

  #count(ruling: Ruling, source: 'cache' | 'service'): void {
    this.#decisions.count(ruling === 'granted' ? 'granted' : 'refused', source);
  }

  #check(digest: string, key: string, exchange: Exchange): Verdict | Promise<Verdict> {
    const grant = this.#rulings.findGrant(digest, performance.now());
    const verdict = this.#askOnce(digest, key, exchange).then(
      (ruling) => (ruling === 'granted' ? undefined : toAnswer(ruling, exchange.requestId)),
      (error: unknown): Verdict => {
        // The key may have been revoked, or have ended, while it was asked for.
        if (!this.#rulings.extend(digest, performance.now())) throw error;
        return undefined;
      },
    );
    if (grant === undefined) return verdict;
    if (!grant.unconfirmed)
      return Promise.race([verdict, setTimeout(knownKeyWaitMs, undefined, { ref: false })]);
    // The service was away a moment ago: whoever is known does not wait for it to be away again.
    verdict.catch(() => undefined);
    this.#rulings.extend(digest, performance.now());
    return undefined;
  }

  /** Requests that come with one key at once share one check, unless the key was revoked since that began. */
  #askOnce(digest: string, key: string, exchange: Exchange): Promise<Ruling> {
    const running = this.#checks.get(digest);
    if (running !== undefined && !this.#rulings.isInDoubt(digest, running.startedAt)) return running.ruling;
    const check = { startedAt: performance.now(), ruling: this.#ask(digest, key, exchange) };
    this.#checks.set(digest, check);
    const forget = () => {
      if (this.#checks.get(digest) === check) this.#checks.delete(digest);
    };
    check.ruling.then(forget, forget);
    return check.ruling;
  }

  #ask(digest: string, key: string, exchange: Exchange): Promise<Ruling> {
    return this.#verifier
      .verify(key, exchange)
      .then((verification) => {
        const { ruling } = verification;
        this.#rulings.keep(digest, verification, performance.now());
        this.#count(ruling, 'service');
        return ruling;
      })
      .catch((error: unknown) => {
        this.#decisions.count('unanswered', 'service');
        throw error;
      });
  }
}

/** `apikey-auth-plugin`, for declarations. */
export const apikeyAuthPlugin: PluginKind = {
  name: 'apikey-auth-plugin',
  // Below rate-limiting: a refused key has been counted by then.
  priority: 905,
  parse(config) {
    const settings = parseApikeySettings(config);
    if (!settings.required) return () => pass;
    return (resources) => new ApikeyAuth(settings, resources);
  },
};
