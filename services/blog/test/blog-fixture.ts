import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RoleCode } from '@tsmicro/contracts-auth';
import { openMongo } from '@tsmicro/mongo';
import type { RunningService } from '@tsmicro/service';
import {
  type Server as Dependency,
  makeEventStreams,
  startMongo,
  startNats,
  startRedis,
} from '@tsmicro/stack';
import { pino } from 'pino';
import { parseEnvironment } from '../src/config.ts';
import { openServer } from '../src/server.ts';
import { AuthResponder } from './auth-responder.ts';
import { BlogClient } from './blog-client.ts';

/** The servers that a blog service needs, with the auth service's side of the contract. */
export interface Surroundings extends AsyncDisposable {
  mongo: Dependency;
  redis: Dependency;
  nats: Dependency;
  auth: AuthResponder;
  database: string;
  /** What the environment would say to a service here; a port is chosen by it. */
  environment: Record<string, string>;
}

/** Starts servers of their own for one test file; MONGO_URL in the environment names a MongoDB to use instead. */
export async function openSurroundings(auth = new AuthResponder()): Promise<Surroundings> {
  await using opening = new AsyncDisposableStack();
  const [mongo, redis, nats] = await Promise.all([
    startMongo({ url: process.env.MONGO_URL }),
    startRedis(),
    startNats(),
  ]);
  for (const server of [mongo, redis, nats]) opening.use(server);
  const hearers = [{ service: 'blog', hears: ['auth'] }];
  await makeEventStreams(nats.url, { hearers }, AbortSignal.timeout(10_000));
  const database = `blog_test_${randomUUID().slice(0, 8)}`;
  if (mongo.external) opening.defer(() => dropDatabase(mongo.url, database));
  opening.use(await auth.open(nats.url));
  const environment = {
    SERVER_PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    DB_URL: mongo.url,
    DB_NAME: database,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    NATS_URL: nats.url,
  };
  const opened = opening.move();
  const dispose = () => opened.disposeAsync();
  return { mongo, redis, nats, auth, database, environment, [Symbol.asyncDispose]: dispose };
}

async function dropDatabase(url: string, database: string): Promise<void> {
  await using mongo = await openMongo({ url, database });
  await mongo.db.dropDatabase();
}

/** Opens one blog service of this process, as its main would. */
export function openBlogServer(
  { environment }: Surroundings,
  changes: Record<string, string> = {},
): Promise<RunningService> {
  const config = parseEnvironment({ ...environment, ...changes });
  return openServer(config, { logger: pino({ level: config.LOG_LEVEL }) });
}

/** One blog service with an author, another author, an editor, a learner and a client for each. */
export interface BlogFixture extends AsyncDisposable {
  surroundings: Surroundings;
  server: RunningService;
  anyone: BlogClient;
  author: BlogClient;
  otherAuthor: BlogClient;
  editor: BlogClient;
  learner: BlogClient;
}

/** Clients of a server that the surroundings' accounts use. */
export function createClients({ auth }: Surroundings, address: string) {
  const client = (name: string, ...roles: RoleCode[]) => new BlogClient(address, auth.add(name, ...roles));
  return {
    anyone: new BlogClient(address),
    author: client('ann', RoleCode.Learner, RoleCode.Author),
    otherAuthor: client('olaf', RoleCode.Author),
    editor: client('edna', RoleCode.Editor),
    learner: client('lena', RoleCode.Learner),
  };
}

export async function openBlogFixture(): Promise<BlogFixture> {
  await using opening = new AsyncDisposableStack();
  const surroundings = opening.use(await openSurroundings());
  const server = opening.use(await openBlogServer(surroundings));
  const clients = createClients(surroundings, server.address);
  const opened = opening.move();
  return { surroundings, server, ...clients, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Asks again until the answer is as wanted. @throws Error after `deadlineMs` with what was seen last */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (seen: T) => boolean,
  deadlineMs = 5_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const seen = await ask();
    if (wanted(seen)) return seen;
    if (performance.now() > until) throw new Error(`still ${JSON.stringify(seen)} after ${deadlineMs} ms`);
    await sleep(20);
  }
}
