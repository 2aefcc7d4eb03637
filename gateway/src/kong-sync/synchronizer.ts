import { setTimeout as sleep } from 'node:timers/promises';
import { type DependencyHealth, HealthRecord, type Logger } from '@tsmicro/dependency';
import { Tally } from '@tsmicro/telemetry';
import { type KongAdmin, KongRefusal, type Posted } from './admin-api.ts';
import type { KongFile } from './kong-file.ts';
import { toLiveDocument } from './live-document.ts';

/** How often is looked and how long is waited. */
export interface SyncTimes {
  /** Between two looks at Kong and at the file. */
  pollMs: number;
  /** From a change to the post of it, so that changes that come together are one. */
  debounceMs: number;
  /** How long the first post waits until an instance of every service is known. */
  settleMs: number;
}

/** What a synchronizer works on. */
export interface SyncOptions extends Partial<SyncTimes> {
  admin: KongAdmin;
  /** The file as it is now. @throws when it cannot be used */
  read: () => Promise<KongFile>;
  /** The file as it was at the start. */
  file: KongFile;
  /** Called with the services that the file names, when it has changed. */
  onServices: (services: readonly string[]) => void;
  logger: Logger;
}

const longestBackOffMs = 5_000;
const backOffMs = (failures: number) =>
  Math.min(longestBackOffMs, 250 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Keeps the configuration of one Kong at what the file says with the live instances in it: posts it when either has
 * changed and when Kong has lost it, one post at a time, and tries again for as long as Kong is away. The last known
 * instances of a service stay when none is left.
 */
export class Synchronizer {
  readonly posts = new Tally({
    name: 'kong_sync_posts_total',
    help: 'Configurations posted to Kong, by what became of them',
    labels: ['outcome'],
  });
  readonly #options: Required<SyncOptions>;
  readonly #live = new Map<string, readonly string[]>();
  readonly #health = new HealthRecord('Kong', 'down');
  readonly #closed = new AbortController();
  #file: KongFile;
  #wake = Promise.withResolvers<void>();
  #known = Promise.withResolvers<void>();
  /** What Kong has, and the hash it has told of it. */
  #posted: { config: string; hash: string | undefined } | undefined;
  #refused: string | undefined;
  /** Why Kong is away and the file cannot be used, as logged last: each reason is logged once. */
  #away: string | undefined;
  #unusable: string | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SyncOptions) {
    this.#options = { pollMs: 2_000, debounceMs: 200, settleMs: 2_000, ...options };
    this.#file = options.file;
  }

  /** Whether Kong answers. */
  get health(): DependencyHealth {
    return this.#health.current;
  }

  /** These instances of a service live, each as in `127.0.0.1:8001`; with none the last known ones stay. */
  set(service: string, addresses: readonly string[]): void {
    if (addresses.length === 0) {
      this.#options.logger.warn({ service }, 'no instance is left; Kong keeps the last known ones');
      return;
    }
    this.#live.set(service, [...new Set(addresses)].sort());
    if (this.#file.services.every((name) => this.#live.has(name))) this.#known.resolve();
    this.#wake.resolve();
  }

  /** Begins; to be called once. */
  start(): void {
    this.#running = this.#run();
  }

  /** Ends the post that is under way, and all others. Kong keeps what it has. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { pollMs, debounceMs, settleMs } = this.#options;
    // Posted before the instances are known, the file would take the targets away that an earlier process has set.
    if (this.#file.services.length > 0) await this.#pause(settleMs, this.#known.promise);
    for (let failures = 0; !this.#closed.signal.aborted; ) {
      this.#wake = Promise.withResolvers();
      try {
        await this.#step();
        failures = 0;
      } catch (error) {
        if (this.#closed.signal.aborted) return;
        this.#complain(error);
        await this.#pause(backOffMs(++failures));
        continue;
      }
      if (await this.#pause(pollMs, this.#wake.promise)) await this.#pause(debounceMs);
    }
  }

  async #step(): Promise<void> {
    const { admin } = this.#options;
    const { signal } = this.#closed;
    await this.#reread();
    const hash = await admin.configurationHash(signal);
    this.#noteUp();
    const config = JSON.stringify(toLiveDocument(this.#file.document, this.#live));
    if (config === this.#refused) return;
    const posted = this.#posted;
    if (config === posted?.config && hash === posted.hash) return;
    if (config === posted?.config) this.#options.logger.warn({ hash }, 'Kong has lost its configuration');
    const outcome = await this.#post(config);
    if (outcome === undefined) return;
    this.#posted = { config, hash: undefined };
    const now = await admin.configurationHash(signal);
    // With the hash that it had before the post it was started again since then.
    if (outcome === 'unchanged' || now !== hash) this.#posted = { config, hash: now };
  }

  /** @returns undefined when Kong refuses it */
  async #post(config: string): Promise<Posted | undefined> {
    const { admin, logger } = this.#options;
    try {
      const outcome = await admin.post(config, this.#closed.signal);
      this.#refused = undefined;
      this.posts.count(outcome);
      logger.info({ outcome, instances: Object.fromEntries(this.#live) }, 'Kong has the configuration');
      return outcome;
    } catch (error) {
      const refused = error instanceof KongRefusal;
      this.posts.count(refused ? 'refused' : 'failed');
      if (!refused) throw error;
      this.#refused = config;
      logger.error({ answer: error.message }, 'Kong refuses the configuration; it keeps the one it has');
      return undefined;
    }
  }

  /** A file that cannot be used now changes nothing. */
  async #reread(): Promise<void> {
    const { read, onServices, logger } = this.#options;
    try {
      const file = await read();
      if (file.services.join() !== this.#file.services.join()) onServices(file.services);
      this.#file = file;
      this.#unusable = undefined;
    } catch (error) {
      const reason = wordsOf(error);
      if (this.#unusable !== reason) logger.error({ reason }, 'the last usable configuration stays');
      this.#unusable = reason;
    }
  }

  #noteUp(): void {
    if (this.#health.up) return;
    this.#health.note('up');
    this.#away = undefined;
    this.#options.logger.info({}, 'Kong is there');
  }

  #complain(error: unknown): void {
    const reason = error instanceof Error && error.cause ? wordsOf(error.cause) : wordsOf(error);
    this.#health.note('down');
    if (this.#away !== reason) this.#options.logger.warn({ reason }, 'Kong is away; trying again');
    this.#away = reason;
  }

  /** @returns whether `until` ended it before its time */
  async #pause(ms: number, until?: Promise<void>): Promise<boolean> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#closed.signal]);
    const timeout = sleep(ms, false, { signal }).catch(() => false);
    const ended = await (until === undefined ? timeout : Promise.race([timeout, until.then(() => true)]));
    over.abort();
    return ended;
  }
}
