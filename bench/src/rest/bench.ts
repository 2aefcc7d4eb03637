import { readdirSync, readFileSync } from 'node:fs';
import type { Table } from '../measure/table.ts';

/** What a service may hold at rest. */
const limitMiB = 80;

const mains = /(?:^|\/)(services\/[a-z-]+|gateway)\/src\/main\.ts$/;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Ended meanwhile.
    return '';
  }
}

/** The services and the gateway that run on this machine, by Linux's /proc. */
function runningServices(): { name: string; pid: string; residentMiB: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const [, script = ''] = read(`/proc/${pid}/cmdline`).split('\0');
      const name = mains.exec(script)?.[1];
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
      if (name === undefined || kilobytes === undefined) return [];
      return [{ name, pid, residentMiB: Number(kilobytes) / 1024 }];
    });
}

/** Memory of the services that `npm start` runs: whoever asks sees to it that they are at rest. */
export async function benchRest(): Promise<Table[]> {
  const services = runningServices();
  if (services.length === 0)
    throw new Error('No service runs here: npm start in another terminal, then this again');
  const rows = services.map(({ name, pid, residentMiB }) => [
    name,
    pid,
    residentMiB.toFixed(1),
    residentMiB <= limitMiB ? 'yes' : 'no',
  ]);
  const heads = ['service', 'pid', 'RSS MiB', `at most ${limitMiB} MiB`];
  return [{ title: 'Services at rest', heads, rows: rows.sort() }];
}
