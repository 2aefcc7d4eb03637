import { findPort } from '@tsmicro/stack';
import type { LoadedServer } from '../http/load.ts';
import { serverScript } from '../http/variant.ts';
import { Worker } from '../worker/worker.ts';
import { limitedDeclaration, startEmbedded } from './embedded/gateway.ts';
import { proxyConfig } from './nginx/config.ts';
import { startNginx } from './nginx/server.ts';
import type { Scene } from './scene.ts';

/** Something that is asked in the service's stead, or the service itself. */
export interface OpenProxy extends LoadedServer {
  readonly port: number;
  /** Where the gateway says what it counts. */
  readonly metricsUrl?: string;
}

/** What opening a proxy takes. */
export interface ProxyOpening {
  readonly scene: Scene;
  readonly resources: AsyncDisposableStack;
  readonly profileDir?: string | undefined;
}

/** How a variant is opened. */
export interface ProxyVariant {
  readonly variant: string;
  open(opening: ProxyOpening): Promise<OpenProxy>;
}

/** What all Node proxies are measured against. */
export const proxyLimit = 'undici dispatch';
/** What all proxies are measured against. */
export const nginx = 'nginx';
/** The embedded gateway with everything on but the rate limit. */
export const embedded = 'tsmicro';
const limited = `${embedded} + rate limit`;

const modules = {
  [proxyLimit]: 'undici.js',
  '@fastify/http-proxy': 'fastify-http-proxy.js',
  'http-proxy': 'http-proxy.js',
  'http-proxy-3': 'http-proxy-3.js',
};

/** The proxies that people have in Node. */
export const nodeProxies = Object.keys(modules).filter((name) => name !== proxyLimit);

function ofWorker(variant: string, worker: Worker, port: number, { pids, cores }: Scene): OpenProxy {
  cores.bind(worker.pid);
  return { variant, role: 'proxy', pids: [worker.pid, ...pids], usage: () => worker.usage(), port };
}

async function openNode(variant: string, file: string, opening: ProxyOpening): Promise<OpenProxy> {
  const { scene, resources, profileDir } = opening;
  const port = await findPort();
  const module = new URL(`proxy/${file}`, import.meta.url).href;
  const args = [module, String(port), `http://127.0.0.1:${scene.upstream.port}`];
  const worker = await Worker.start({ name: variant, script: serverScript, args, profileDir });
  return ofWorker(variant, resources.use(worker), port, scene);
}

async function openNginx({ scene, resources }: ProxyOpening): Promise<OpenProxy> {
  const config = (dir: string, port: number) => proxyConfig(dir, port, scene.upstream.port);
  const server = await startNginx(nginx, config, resources);
  scene.cores.bind(server.pid);
  return { ...server, pids: [server.pid, ...scene.pids] };
}

/** The embedded gateway before a scene; with a declaration of its own its rate limit is on. */
export async function openEmbedded(
  variant: string,
  { scene, resources, profileDir }: ProxyOpening,
  limitedBy?: string,
): Promise<OpenProxy> {
  const { hosts } = scene;
  const opened = await startEmbedded({ variant, hosts, limitedBy, profileDir }, resources);
  const { metricsUrl } = opened;
  return { ...ofWorker(variant, opened.worker, opened.port, scene), metricsUrl };
}

/** All variants; the one with a rate limit only when the delivered kong.yml has limits. */
export function proxyVariants(): ProxyVariant[] {
  const declaration = limitedDeclaration();
  const withLimits: ProxyVariant = {
    variant: limited,
    open: (opening) => openEmbedded(limited, opening, declaration),
  };
  return [
    { variant: embedded, open: (opening) => openEmbedded(embedded, opening) },
    ...(declaration === undefined ? [] : [withLimits]),
    ...Object.entries(modules).map(([variant, file]) => ({
      variant,
      open: (opening: ProxyOpening) => openNode(variant, file, opening),
    })),
    { variant: nginx, open: openNginx },
    { variant: 'upstream alone', open: async ({ scene }) => ({ ...scene.upstream, pids: scene.pids }) },
  ];
}
