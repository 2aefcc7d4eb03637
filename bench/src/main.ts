// npm run bench: how tsmicro compares with its peers and with what is possible at all. See bench/README.md.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import { type Arguments, type Part, parseArguments, usage } from './command/arguments.ts';
import { benchGateway } from './gateway/bench.ts';
import { benchGatewayMemory } from './gateway/memory.ts';
import { benchGuard } from './guard/bench.ts';
import { benchHttp } from './http/bench.ts';
import { costliestIn } from './measure/profile.ts';
import { formatTable, type Table } from './measure/table.ts';
import { benchNats } from './nats/bench.ts';
import { installPeers, peerVersions } from './peers.ts';
import { benchRest } from './rest/bench.ts';
import { benchStartup } from './startup/bench.ts';

// As the stack does it for services: what Node has compiled is kept for the next start, of every variant.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('../../node_modules/.cache/tsmicro', import.meta.url),
);

const benches: Record<Part, Bench> = {
  nats: benchNats,
  http: benchHttp,
  startup: benchStartup,
  gateway: benchGateway,
  'gateway-memory': benchGatewayMemory,
  guard: benchGuard,
  rest: benchRest,
};

const say = (line: string) => console.error(line);

function surroundings(): string {
  const [cpu] = cpus();
  return `Node ${process.versions.node}, ${cpus().length} cores (${cpu?.model}); ${peerVersions()}`;
}

async function run({ parts, saveFile, ...options }: Arguments): Promise<void> {
  if (parts.some((part) => part !== 'rest')) installPeers(say);
  const texts = [surroundings(), ''];
  console.log(texts.join('\n'));
  const show = (table: Table) => {
    texts.push(formatTable(table));
    console.log(texts.at(-1));
  };
  const startedAt = Date.now();
  const { profileDir } = options;
  for (const part of parts) {
    for (const table of await benches[part]({ ...options, say })) show(table);
  }
  if (profileDir !== undefined) for (const table of costliestIn(profileDir, startedAt)) show(table);
  if (saveFile !== undefined) writeFileSync(saveFile, texts.join('\n'));
}

try {
  const given = parseArguments(process.argv.slice(2));
  if (given.help) console.log(usage);
  else await run(given);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
