import type { System } from '../system.ts';
import { hang } from './hang.ts';

const startedMs = 60_000;
const servingMs = 60_000;
/** After so many kills a process hangs, some times for longer than its neighbours wait. */
const killsPerHang = 4;
const [shortestHangMs, longestHangMs] = [500, 4_000];

/** What works when all is well, and needs everything but Redis. */
const probes = ['/auth/profile/mine', '/blog/author/drafts', '/blog/list/latest'];

/** Something that happens to a process: it is killed (SIGKILL), or hangs for a while (SIGSTOP, SIGCONT). */
export interface Fault {
  readonly name: string;
  readonly hangMs?: number;
}

/** So many of the names in an order that leaves none out: all of them by chance, then all of them again. */
function choose(names: readonly string[], count: number): string[] {
  const order = (): string[] =>
    names
      .map((name) => ({ name, rank: Math.random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ name }) => name);
  return Array.from({ length: Math.ceil(count / names.length) }, order)
    .flat()
    .slice(0, count);
}

/** So many kills of these processes, and hangs in between. */
export function planFaults(names: readonly string[], kills: number): Fault[] {
  const hanging = choose(names, Math.floor(kills / killsPerHang));
  return choose(names, kills).flatMap((name, index): Fault[] => {
    const other = (index + 1) % killsPerHang === 0 ? hanging.pop() : undefined;
    if (other === undefined) return [{ name }];
    return [
      { name },
      { name: other, hangMs: shortestHangMs + Math.random() * (longestHangMs - shortestHangMs) },
    ];
  });
}

/** Lets it happen; resolves when all works again, with the killed process started anew by the stack. */
export async function inflict(system: System, { name, hangMs }: Fault, token: string): Promise<void> {
  const before = (await system.addresses()).pids[name];
  if (before === undefined) throw new Error(`${name} does not run`);
  if (hangMs === undefined) {
    process.kill(before, 'SIGKILL');
    await startedAnew(system, name, before);
  } else {
    using _ = await hang(before);
    await new Promise((resolve) => setTimeout(resolve, hangMs));
  }
  for (const path of probes) await system.until(200, servingMs, 'GET', path, { token });
}

async function startedAnew(system: System, name: string, before: number): Promise<void> {
  const deadline = performance.now() + startedMs;
  for (;;) {
    const now = (await system.addresses()).pids[name];
    if (now !== undefined && now !== before) return;
    if (performance.now() > deadline) throw new Error(`${name} was not started again`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
