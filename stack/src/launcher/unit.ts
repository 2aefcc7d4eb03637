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

/** Why it is started anew, and since when (by `performance.now`) somebody waits for that. */
export interface Renewal {
  readonly at: number;
  readonly cause: 'change' | 'command';
}

const causes = {
  change: { since: 'after the change', fails: 'with this change', next: 'the next one starts it again' },
  command: {
    since: 'after it was asked to',
    fails: 'again',
    next: 'npm run service -- start tries once more',
  },
} as const;

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
  #renewal: Renewal | undefined;
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

  /** Whether it was started anew, for a change of its code or by command, and has not answered since. */
  get onTrial(): boolean {
    return this.#renewal !== undefined;
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

  /** Ends it for good, until `start`; hard after `politeMs`, by default the program's own. */
  async stop(politeMs?: number): Promise<void> {
    this.#turn++;
    await this.#end(politeMs);
    this.#renewal = undefined;
    this.#setState('stopped');
  }

  /**
   * Ends it politely and starts it again; resolves when it runs. Should it end before it answers, it is not tried again.
   * One that is stopped stays so.
   */
  async restart(renewal: Renewal, politeMs?: number): Promise<void> {
    if (this.#state === 'stopped') return;
    const turn = ++this.#turn;
    await this.#end(politeMs);
    // Somebody has stopped it meanwhile, or restarts it himself.
    if (turn !== this.#turn) return;
    const wanted = new AbortController();
    this.#wanted = wanted;
    this.#renewal = renewal;
    const launched = this.#launch();
    this.#watching = launched.catch(() => {}).then(() => this.#watch(wanted.signal));
    await launched;
  }

  /** SIGKILL: it will be started again, unless it was stopped. */
  async kill(): Promise<void> {
    await this.#daemon?.kill();
  }

  async #end(politeMs?: number): Promise<void> {
    this.#wanted?.abort();
    this.#wanted = undefined;
    await this.#daemon?.stop(politeMs);
    await this.#watching;
    // It may just have been started again when we came.
    await this.#daemon?.stop(politeMs);
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
    const renewal = this.#renewal;
    this.#renewal = undefined;
    this.#setState('ready');
    if (renewal) {
      const { since } = causes[renewal.cause];
      this.#listener.inform(`${this.name} serves again, ${secondsSince(renewal.at)} s ${since}`);
    } else if (this.#restarts > 0) this.#listener.inform(`${this.name} is back (pid ${pid})`);
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
      if (this.#renewal) return this.#giveUp(why, this.#renewal);
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

  #giveUp(why: string, renewal: Renewal): void {
    this.#wanted = undefined;
    this.#renewal = undefined;
    const { fails, next } = causes[renewal.cause];
    const crash = formatCrash(this.#lastWords).map((line) => `\n  ${line}`);
    this.#listener.warn(`${this.name} does not start ${fails} (${why}); ${next}:${crash.join('')}`);
    this.#setState('failed');
  }

  #setState(state: UnitState): void {
    this.#state = state;
    this.#listener.changed(this);
  }
}
