import { setTimeout as sleep } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { alive, descendants, signal, startTime } from '../process/tree.ts';
import { readJson, writeJson } from './home.ts';

const politeMs = 4_000;
const pollMs = 50;

const LedgerEntry = Type.Object({ name: Type.String(), pid: Type.Integer(), startTime: Type.String() });
const LedgerEntries = Type.Array(LedgerEntry);

/** One process that we started. Pid and start time together name it: a pid alone may be somebody else's by now. */
export type LedgerEntry = Static<typeof LedgerEntry>;

/** The processes we started, on disk: what a launcher that was killed left behind is found here by the next one. */
export class Ledger {
  readonly #file: string;
  readonly #entries = new Map<string, LedgerEntry>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Writes down that `name` now runs as this process. */
  enter(name: string, pid: number): void {
    const time = startTime(pid);
    // It has ended already.
    if (time === undefined) return;
    this.#entries.set(name, { name, pid, startTime: time });
    this.#write();
  }

  /** Strikes out a process that has ended. */
  strike(name: string): void {
    if (this.#entries.delete(name)) this.#write();
  }

  #write(): void {
    writeJson(this.#file, [...this.#entries.values()]);
  }
}

function stillRuns(entry: LedgerEntry): boolean {
  return alive(entry.pid) && startTime(entry.pid) === entry.startTime;
}

/** The processes of an earlier run that still live. */
export function findLeftovers(file: string): LedgerEntry[] {
  const content = readJson(file);
  return Check(LedgerEntries, content) ? content.filter(stillRuns) : [];
}

/** Ends exactly these processes and what is below them: politely, then hard. */
export async function endLeftovers(entries: readonly LedgerEntry[]): Promise<void> {
  const families = entries.map((entry) => [entry.pid, ...descendants(entry.pid)]);
  for (const { pid, name } of entries) {
    signal(pid, 'SIGCONT');
    // SIGTERM lets PostgreSQL wait for its clients.
    signal(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  }
  const deadline = Date.now() + politeMs;
  while (entries.some(stillRuns) && Date.now() < deadline) await sleep(pollMs);
  for (const [index, entry] of entries.entries()) {
    if (stillRuns(entry)) for (const pid of families[index] ?? []) signal(pid, 'SIGKILL');
  }
  while (entries.some(stillRuns) && Date.now() < deadline + politeMs) await sleep(pollMs);
}
