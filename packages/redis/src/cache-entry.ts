// Entries stand under three kinds of keys. `ns:epoch` holds a random token without a life time; an entry counts
// only under the token it was stored with, so a new token, or none, ends every entry of the namespace at once.
// `ns:gen:key` holds a random token for a minute after the key was dropped; `ns:entry:key` the token and the JSON.
// Tokens are random, never counters: a Redis restored from an old file must not make old entries count again.
import { randomBytes } from 'node:crypto';
import type { RedisClient } from './connection.ts';

/** Longer than any load: a token that ends sooner would let a load from before the drop be stored after it. */
export const GENERATION_TTL_MS = 60_000;

/** Tokens have one length, so that an entry is token plus JSON without any further mark. */
export const createToken = (): string => randomBytes(12).toString('base64url');

// The scripts are sent whole, not by their hash: what a Redis that hangs finds in its socket when it goes on is
// then carried out even though the sender has given up and is not there to answer NOSCRIPT.

const FILL = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  if (redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then return 0 end
  redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
  return 1
`;

const DROP = `
  for i = 1, #KEYS, 2 do
    redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
    redis.call('DEL', KEYS[i + 1])
  end
  return 1
`;

/** The keys that one cached key stands for. */
export interface EntryKeys {
  epoch: string;
  generation: string;
  entry: string;
}

/** Stores the entry, if epoch and generation are still those that were seen at the miss. */
export async function fillEntry(
  client: RedisClient,
  keys: EntryKeys,
  seen: { epoch: string; generation: string },
  { entry, lifeMs }: { entry: string; lifeMs: number },
): Promise<void> {
  await client.eval(FILL, {
    keys: [keys.epoch, keys.generation, keys.entry],
    arguments: [seen.epoch, seen.generation, entry, String(lifeMs)],
  });
}

/** Removes the entries and gives each key a new generation, in one step. */
export async function dropEntries(client: RedisClient, keys: readonly EntryKeys[]): Promise<void> {
  await client.eval(DROP, {
    keys: keys.flatMap(({ generation, entry }) => [generation, entry]),
    arguments: [createToken(), String(GENERATION_TTL_MS)],
  });
}

/** The JSON of an entry, or undefined when there is none or it was stored under another epoch. */
export function jsonOfEntry(epoch: string, entry: string | null): string | undefined {
  return entry?.startsWith(epoch) ? entry.slice(epoch.length) : undefined;
}
