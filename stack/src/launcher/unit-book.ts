import type { Home } from '../home/home.ts';
import { Ledger } from '../home/ledger.ts';
import type { Daemon } from '../process/daemon.ts';
import type { ServerOptions } from '../servers/server.ts';
import type { Terminal } from './terminal.ts';
import { Unit, type UnitListener } from './unit.ts';

/** starting: not everything answers yet. */
export type LauncherState = 'starting' | 'ready' | 'stopping';

/** What a book of units wants to know of the run it belongs to, and to tell it. */
export interface UnitOwner {
  state(): LauncherState;
  /** Something began, ended or answers. */
  changed(): void;
}

/** Every program of one run, by name: in the ledger while it runs, and told of. */
export class UnitBook {
  readonly #units = new Map<string, Unit>();
  readonly #terminal: Terminal;
  readonly #ledger: Ledger;
  readonly #owner: UnitOwner;
  readonly #startedAt = Date.now();

  constructor(home: Home, terminal: Terminal, owner: UnitOwner) {
    this.#terminal = terminal;
    this.#ledger = new Ledger(home.ledgerFile);
    this.#owner = owner;
  }

  get units(): ReadonlyMap<string, Unit> {
    return this.#units;
  }

  /** What a program of this name is to be heard with. */
  hear(name: string, onLine: (line: string) => void): Pick<ServerOptions, 'onLine' | 'onSpawn'> {
    return { onLine, onSpawn: (pid) => this.record(() => this.#ledger.enter(name, pid)) };
  }

  /** A new unit, not started. */
  add(name: string, open: () => Promise<Daemon>): Unit {
    const unit = new Unit(name, open, this.#listener(name));
    this.#units.set(name, unit);
    return unit;
  }

  /** Forgets a unit that has ended for good. */
  remove({ name }: Unit): void {
    this.#units.delete(name);
    this.#owner.changed();
  }

  /** A folder that was removed, or a full disk, is no reason to leave all that runs without its launcher. */
  record(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#terminal.warnUnwritable(error);
    }
  }

  #listener(name: string): UnitListener {
    let told = false;
    return {
      inform: (line) => {
        if (this.#owner.state() !== 'stopping') this.#terminal.inform(line);
      },
      warn: (line) => this.#terminal.warn(line),
      changed: (unit) => {
        if (unit.state === 'ready' && !told) {
          told = true;
          this.#tellFirst(unit);
        }
        if (unit.pid === undefined) this.record(() => this.#ledger.strike(name));
        this.#owner.changed();
      },
    };
  }

  /** That it answers for the first time. */
  #tellFirst({ name, url }: Unit): void {
    const state = this.#owner.state();
    const seconds = ((Date.now() - this.#startedAt) / 1000).toFixed(1);
    if (state === 'starting') this.#terminal.tell(`  ${name.padEnd(9)} ready after ${seconds} s`);
    else if (state === 'ready') this.#terminal.inform(`${name} serves at ${url}`);
  }
}
