// A Kong that somebody else started, in DB-less mode, told what to do by its Admin API.
import type { GatewayUnderTest } from '../harness/gateway.ts';

/** Where a Kong is, as the environment says. */
export interface KongAddress {
  readonly url: string;
  readonly adminUrl: string;
  /** Under which host it finds the servers of this process. */
  readonly serverHost: string;
}

const withinMs = 30_000;
const emptyDeclaration = '_format_version: "3.0"\n';

async function readPlugins(adminUrl: string): Promise<Set<string>> {
  const response = await fetch(new URL('/', adminUrl), { signal: AbortSignal.timeout(withinMs) });
  const { plugins } = (await response.json()) as { plugins: { available_on_server: object } };
  return new Set(Object.keys(plugins.available_on_server));
}

/** Takes a running Kong; what it was configured with is lost. */
export async function openKong({ url, adminUrl, serverHost }: KongAddress): Promise<GatewayUnderTest> {
  const post = async (config: string) => {
    const response = await fetch(new URL('/config', adminUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ config }),
      signal: AbortSignal.timeout(withinMs),
    });
    return { taken: response.ok, text: await response.text() };
  };
  const load = async (declaration: string) => {
    const { taken, text } = await post(declaration);
    if (!taken) throw new Error(`Kong refused a declaration: ${text}\n${declaration}`);
  };
  return {
    name: 'kong',
    baseUrl: url,
    serverHost,
    severalProcesses: true,
    plugins: await readPlugins(adminUrl),
    load,
    async refuse(declaration, complaint) {
      const { taken, text } = await post(declaration);
      if (taken || !complaint.test(text)) throw new Error(`of\n${declaration}\nKong says ${text}`);
    },
    [Symbol.asyncDispose]: () => load(emptyDeclaration),
  };
}
