import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Discovered, discover } from './discovery/discover.ts';
import type { StackDefinition } from './launcher/definition.ts';

const seedApiKey = '1D3F2DD1A5DE725DD4DF1D82BBB37';

function examples(gatewayUrl: string): string[] {
  const health = `curl -s ${gatewayUrl}/auth/health`;
  // The seeds are there in development only.
  if (process.env.NODE_ENV === 'production') return [health];
  const key = `-H 'x-api-key: ${seedApiKey}'`;
  const signIn = '{"email":"admin@afteracademy.com","password":"changeit"}';
  return [
    health,
    `curl -s '${gatewayUrl}/blog/list/latest?page=1&limit=10' ${key}`,
    `curl -s ${gatewayUrl}/auth/signin/basic ${key} -H 'content-type: application/json' -d '${signIn}'`,
  ];
}

/** The blog platform and every service beside it: their servers, and the gateway before them. */
class Platform implements StackDefinition {
  readonly title = 'tsmicro';
  readonly home: string;
  readonly defaults = { NODE_ENV: 'development' };
  readonly examples = examples;
  readonly #root: string;
  #found: Discovered | undefined;

  constructor(root: string) {
    this.#root = root;
    // Tests and second systems on one machine keep theirs elsewhere.
    this.home = resolve(process.env.STACK_HOME ?? join(root, '.stack'));
  }

  get services() {
    return this.#discovered.services;
  }

  get gateway() {
    return this.#discovered.gateway;
  }

  get servers() {
    return this.#discovered.servers;
  }

  get readyPaths() {
    return this.#discovered.readyPaths;
  }

  /** Not before it is asked for: a package.json that is being written must not keep `npm run stop` from working. */
  get #discovered(): Discovered {
    this.#found ??= discover(this.#root);
    return this.#found;
  }
}

/** The stack of the project that this file is part of. */
export const platform: StackDefinition = new Platform(fileURLToPath(new URL('../..', import.meta.url)));
