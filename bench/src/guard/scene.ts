import { join } from 'node:path';
import { findPort, startMongo, startNats, startRedis } from '@tsmicro/stack';
import { startEmbedded } from '../gateway/embedded/gateway.ts';
import type { LoadedServer } from '../http/load.ts';
import { serverScript } from '../http/variant.ts';
import { Worker } from '../worker/worker.ts';
import { type Guarding, guardings } from './author.ts';
import type { Surroundings } from './blog.ts';

const keyScript = join(import.meta.dirname, '../gateway/key-service.js');
const module = (name: string) => new URL(name, import.meta.url).href;

/** A gateway with the blog service behind it. */
export interface GuardedBlog extends LoadedServer {
  /** The read that is measured. */
  readonly url: string;
}

/** How a variant is called in tables. */
export const variantOf = (guarding: Guarding) => `guard: ${guarding}`;

async function startWorker(name: string, file: string, port: number, given: string): Promise<Worker> {
  const args = [module(file), String(port), given];
  return await Worker.start({ name, script: serverScript, args });
}

/** Starts the servers, and for each kind of guard a blog service with a gateway before it; all end with `resources`. */
export async function openGuardedBlogs(
  resources: AsyncDisposableStack,
  wanted: readonly Guarding[] = guardings,
): Promise<GuardedBlog[]> {
  const nats = resources.use(await startNats());
  const redis = resources.use(await startRedis());
  const mongo = resources.use(await startMongo({ url: process.env.MONGO_URL }));
  const auth = resources.use(await startWorker('auth', './auth.ts', await findPort(), nats.url));
  const keyPort = await findPort();
  const keys = resources.use(
    await Worker.start({ name: 'key service', script: keyScript, args: [String(keyPort)] }),
  );
  const shared = [nats.pid ?? 0, redis.pid ?? 0, mongo.pid ?? 0, auth.pid, keys.pid];
  const open = async (guarding: Guarding): Promise<GuardedBlog> => {
    const variant = variantOf(guarding);
    const port = await findPort();
    const surroundings: Surroundings = {
      guarding,
      natsUrl: nats.url,
      mongoUrl: mongo.url,
      redisHost: redis.host,
      redisPort: redis.port,
    };
    const blog = await startWorker(variant, './blog.ts', port, JSON.stringify(surroundings));
    resources.use(blog);
    const hosts = { 'auth:8000': keyPort, 'blog:8000': port, 'redis:6379': redis.port };
    const gateway = await startEmbedded({ variant: `gateway before ${variant}`, hosts }, resources);
    return {
      variant,
      role: 'blog',
      pids: [blog.pid, gateway.worker.pid, ...shared],
      usage: () => blog.usage(),
      url: `http://127.0.0.1:${gateway.port}/blog/author/drafts`,
    };
  };
  const blogs: GuardedBlog[] = [];
  for (const guarding of wanted) blogs.push(await open(guarding));
  return blogs;
}
