import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPort, gatewayNodeArguments } from '@tsmicro/stack';
import { serverScript } from '../../http/variant.ts';
import { Worker } from '../../worker/worker.ts';
import { highLimit, withHighLimits } from './limits.ts';

/** The gateway itself, in a process of its own. */
export interface EmbeddedGateway {
  readonly worker: Worker;
  readonly port: number;
  readonly metricsUrl: string;
}

/** Where the names of kong.yml live, and how the gateway is run. */
export interface EmbeddedOptions {
  variant: string;
  /** Ports by the names of kong.yml. */
  hosts: Readonly<Record<string, number>>;
  /** Another declaration than the delivered one, with the rate limit on. */
  limitedBy?: string | undefined;
  profileDir?: string | undefined;
}

const kongFile = join(import.meta.dirname, '../../../../gateway/kong/kong.yml');
const module = new URL('../proxy/embedded.js', import.meta.url).href;

/** The delivered declaration with limits that no load reaches; undefined when it has none. */
export function limitedDeclaration(): string | undefined {
  return withHighLimits(readFileSync(kongFile, 'utf8'));
}

function writeDeclaration(text: string, resources: AsyncDisposableStack): string {
  const dir = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  resources.defer(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'kong.yml');
  writeFileSync(file, text);
  return file;
}

/** Starts the gateway with the delivered kong.yml; it ends with `resources`. */
export async function startEmbedded(
  { variant, hosts, limitedBy, profileDir }: EmbeddedOptions,
  resources: AsyncDisposableStack,
): Promise<EmbeddedGateway> {
  const [port, metricsPort] = [await findPort(), await findPort()];
  const env = {
    SERVER_PORT: String(port),
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: 'warn',
    KONG_CONFIG: limitedBy === undefined ? kongFile : writeDeclaration(limitedBy, resources),
    HOST_MAP: Object.entries(hosts)
      .map(([name, at]) => `${name}=127.0.0.1:${at}`)
      .join(','),
    RATE_LIMIT: limitedBy === undefined ? 'off' : 'on',
    RATE_LIMIT_CLIENT_PER_MIN: String(highLimit),
  };
  const args = [module, String(port)];
  const worker = await Worker.start({
    name: variant,
    script: serverScript,
    args,
    env,
    nodeArguments: gatewayNodeArguments,
    profileDir,
  });
  resources.use(worker);
  return { worker, port, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
}
