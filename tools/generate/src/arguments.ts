import { parseArgs } from 'node:util';
import { type Store, stores } from './project.ts';

/** A command line that makes no sense. */
export class UsageError extends Error {}

export const usage = `npm run generate                      asks, in a terminal
npm run generate -- service NAME [--store postgres|mongo|none] [--port N] [--feature NAME]
npm run generate -- feature SERVICE NAME`;

/** What a command line says of a wish; what it leaves open is asked for, or has a default. */
export interface PartialWish {
  readonly kind?: 'service' | 'feature';
  readonly service?: string;
  readonly feature?: string;
  readonly store?: Store;
  readonly port?: number;
}

const options = { store: { type: 'string' }, port: { type: 'string' }, feature: { type: 'string' } } as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'unknown option');
  }
}

function parseStore(text: string): Store {
  const store = stores.find((known) => known === text);
  if (store === undefined) throw new UsageError(`--store ${text} is none of ${stores.join(', ')}`);
  return store;
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`--port ${text} is no number`);
  return Number(text);
}

/** Reads what stands behind `npm run generate --`. @throws {UsageError} */
export function parseArguments(argv: readonly string[]): PartialWish {
  const { values, positionals } = parse(argv);
  const [kind, service, feature, ...tooMany] = positionals;
  if (kind === undefined) return {};
  if (kind !== 'service' && kind !== 'feature')
    throw new UsageError(`${kind} cannot be generated: service or feature`);
  if (tooMany.length > 0 || (kind === 'service' && feature !== undefined))
    throw new UsageError(`unexpected: ${[...(kind === 'service' ? [feature] : []), ...tooMany].join(' ')}`);
  if (kind === 'feature' && Object.keys(values).length > 0)
    throw new UsageError(`--${Object.keys(values)[0]} belongs to a service`);
  const named = values.feature ?? feature;
  return {
    kind,
    ...(service !== undefined && { service }),
    ...(named !== undefined && { feature: named }),
    ...(values.store !== undefined && { store: parseStore(values.store) }),
    ...(values.port !== undefined && { port: parsePort(values.port) }),
  };
}
