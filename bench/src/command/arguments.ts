import { parseArgs } from 'node:util';

/** The parts of the bench, in the order they run. */
export const parts = ['nats', 'http', 'startup', 'gateway', 'gateway-memory', 'guard', 'rest'] as const;

export type Part = (typeof parts)[number];

/** What was asked for on the command line. */
export interface Arguments {
  parts: readonly Part[];
  rounds: number;
  seconds: number;
  requests: number;
  only?: readonly string[] | undefined;
  profileDir?: string | undefined;
  saveFile?: string | undefined;
  help: boolean;
}

const defaultProfileDir = 'bench/profiles';

/** How to call it. */
export const usage = `npm run bench -- [PART...] [options]
  nats      request and reply over NATS, at 1, 16, 64 and 256 at a time
  http      GET and POST (needs wrk)
  startup   time to the first reply, and memory at rest
  gateway   the embedded gateway, other proxies of Node and nginx (needs wrk, nginx and redis-server)
  gateway-memory  memory of the embedded gateway over a million requests (needs the same)
  guard     an author's drafts through the gateway, with and without a guard (needs wrk and redis-server)
  rest      memory of the services that npm start runs
Without a word: nats, http and startup.
  --rounds N          how often each variant has its turn (default 3)
  --seconds S         how long a turn lasts (default 1.5)
  --requests N        how many gateway-memory sends (default 1000000)
  --only A,B          only these variants
  --save FILE         also write the tables there
  --cpu-prof[=DIR]    write CPU profiles (default ${defaultProfileDir}) and list where the time went`;

const isPart = (word: string): word is Part => parts.some((part) => part === word);

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not ${text}`);
  return value;
}

/** @throws with what is wrong, and how it should be */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    // A flag with a value or without is nothing that parseArgs knows.
    args: args.map((arg) => (arg === '--cpu-prof' ? `--cpu-prof=${defaultProfileDir}` : arg)),
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '1.5' },
      requests: { type: 'string', default: '1000000' },
      only: { type: 'string' },
      save: { type: 'string' },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const named = positionals.map((word) => {
    if (!isPart(word)) throw new Error(`no part ${word}: there are ${parts.join(', ')}`);
    return word;
  });
  return {
    parts: named.length > 0 ? parts.filter((part) => named.includes(part)) : ['nats', 'http', 'startup'],
    rounds: Math.ceil(positive('rounds', values.rounds)),
    seconds: positive('seconds', values.seconds),
    requests: positive('requests', values.requests),
    only: values.only?.split(','),
    profileDir: values['cpu-prof'],
    saveFile: values.save,
    help: values.help,
  };
}
