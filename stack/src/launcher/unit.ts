import { setTimeout as sleep } from 'node:timers/promises';
import { formatCrash } from '../log/crash.ts';
import { describeExit } from '../process/child.ts';
import type { Daemon } from '../process/daemon.ts';
import { BackOff } from './back-off.ts';

const readyAgainMs = 120_000;

function secondsSince(moment: number): string {
  return ((performance.now() - moment) / 1000).toFixed(2);
}

/**
 * starting: it runs and does not answer yet; waiting: it ended and is about to be started again; failed: it ended with
 * changed code before it answered, and waits for the next change.
 */
export type UnitState = 'starting' | 'ready' | 'waiting' | 'failed' | 'stopped';

/** Who wants to hear of it: lines for people, and that the state changed. */
export interface UnitListener {
  inform(line: string): void;
  warn(line: string): void;
  changed(unit: Unit): void;
}

/** One program of the stack, kept running: when it ends unasked it is started again, with back-off; `restart` renews it. */
export class Unit {
  readonly name: string;
  readonly #open: () => Promise<Daemon>;
  readonly #listener: UnitListener;
  #daemon: Daemon | undefined;
  #state: UnitState = 'stopped';
  #wanted: AbortController | undefined;
  #watching: Promise<void> = Promise.resolve();
  #restarts = 0;
  #lastWords: readonly string[] = [];
  #startedAt = 0;
  #changedAt: number | undefined;
  #turn = 0;

  /** `open` starts the program for the first time; after that the daemon it gave is launched again. */
  constructor(name: string, open: () => Promise<Daemon>, listener: UnitListener) {
    this.name = name;
    this.#open = open;
    this.#listener = listener;
  }

  get state(): UnitState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#daemon?.pid;
  }

  get url(): string | undefined {
    return this.#daemon?.url;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** When the current run began, in milliseconds since 1970. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The last lines of the run that ended last; empty when none has ended unasked. */
  get lastWords(): readonly string[] {
    return this.#lastWords;
  }

  /** Whether it was started for a change of its code and has not answered since. */
  get onTrial(): boolean {
    return this.#changedAt !== undefined;
  }

  /** Starts it, and keeps it running from now on. Rejects when the very first start fails. */
  async start(): Promise<void> {
    if (this.#wanted) return;
    const wanted = new AbortController();
    this.#wanted = wanted;
    this.#setState('starting');
    try {
      await this.#launch();
    } catch (error) {
      this.#wanted = undefined;
      this.#setState('stopped');
      throw error;
    }
    this.#watching = this.#watch(wanted.signal);
  }

  /** Ends it for good, until `start`. */
  async stop(): Promise<void> {
    this.#turn++;
    await this.#end();
    this.#changedAt = undefined;
    this.#setState('stopped');
  }

  /**
   * Ends it politely and starts it again, because its code changed at this moment (of `performance.now`); resolves when
   * it runs. Should it end before it answers, it is not tried again. One that is stopped stays so.
   */
  async restart(changedAt: number): Promise<void> {
    if (this.#state === 'stopped') return;
    const turn = ++this.#turn;
    await this.#end();
    // Somebody has stopped it meanwhile, or restarts it himself.
    if (turn !== this.#turn) return;
    const wanted = new AbortController();
    this.#wanted = wanted;
    this.#changedAt = changedAt;
    const launched = this.#launch();
    this.#watching = launched.catch(() => {}).then(() => this.#watch(wanted.signal));
    await launched;
  }

  /** SIGKILL: it will be started again, unless it was stopped. */
  async kill(): Promise<void> {
    await this.#daemon?.kill();
  }

  async #end(): Promise<void> {
    this.#wanted?.abort();
    this.#wanted = undefined;
    await this.#daemon?.stop();
    await this.#watching;
    // It may just have been started again when we came.
    await this.#daemon?.stop();
  }

  async #launch(): Promise<void> {
    this.#startedAt = Date.now();
    if (this.#daemon) await this.#daemon.launch();
    else this.#daemon = await this.#open();
    this.#setState('starting');
    this.#noticeReady(this.#daemon).catch(() => {});
  }

  async #noticeReady(daemon: Daemon): Promise<void> {
    const { pid } = daemon;
    await daemon.ready(readyAgainMs);
    if (daemon.pid !== pid || pid === undefined) return;
    const changedAt = this.#changedAt;
    this.#changedAt = undefined;
    this.#setState('ready');
    if (changedAt !== undefined)
      this.#listener.inform(`${this.name} serves again, ${secondsSince(changedAt)} s after the change`);
    else if (this.#restarts > 0) this.#listener.inform(`${this.name} is back (pid ${pid})`);
  }

  async #watch(wanted: AbortSignal): Promise<void> {
    const backOff = new BackOff();
    let why = '';
    while (!wanted.aborted) {
      const exit = await this.#daemon?.exited;
      if (wanted.aborted) return;
      if (exit) why = describeExit(exit);
      this.#lastWords = (await this.#daemon?.lastWords()) ?? [];
      if (wanted.aborted) return;
      if (this.#changedAt !== undefined) return this.#giveUp(why);
      this.#setState('waiting');
      const waitMs = backOff.next(Date.now() - this.#startedAt);
      this.#listener.warn(`${this.name} ended (${why}); starting it again in ${waitMs / 1000} s`);
      await sleep(waitMs, undefined, { signal: wanted }).catch(() => {});
      if (wanted.aborted) return;
      this.#restarts++;
      await this.#launch().catch((error: unknown) => {
        why = String(error);
      });
    }
  }

  #giveUp(why: string): void {
    this.#wanted = undefined;
    this.#changedAt = undefined;
    const cause = formatCrash(this.#lastWords).map((line) => `\n  ${line}`);
    this.#listener.warn(
      `${this.name} does not start with this change (${why}); the next one starts it again:${cause.join('')}`,
    );
    this.#setState('failed');
  }

  #setState(state: UnitState): void {
    this.#state = state;
    this.#listener.changed(this);
  }
}
