import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { MongoClient } from 'mongodb';
import { Client } from 'pg';
import {
  findPort,
  type Server,
  type ServerOptions,
  startMongo,
  startNats,
  startPostgres,
  startRedis,
} from '../src/index.ts';
import {
  checkGivenAddresses,
  inDatabase,
  withDatabase,
  withoutPassword,
} from '../src/launcher/given-address.ts';
import { urlParts } from '../src/launcher/surroundings.ts';
import { alive } from '../src/process/tree.ts';
import { ask } from '../src/servers/ask.ts';
import { installPrograms } from '../src/servers/install.ts';
import { portFree } from '../src/servers/port.ts';
import { removeCluster } from '../src/servers/postgres-cluster.ts';

interface Kind {
  readonly name: string;
  start(options: ServerOptions): Promise<Server>;
  /** Writes a value and resolves when the server says that it is kept. */
  write(server: Server): Promise<void>;
  read(server: Server): Promise<unknown>;
}

async function sql(server: Server, text: string): Promise<unknown> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}

async function withMongo<Answer>(server: Server, use: (client: MongoClient) => Promise<Answer>) {
  const client = new MongoClient(server.url, { serverSelectionTimeoutMS: 3_000 });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** JetStream's own requests, in NATS's text protocol. */
async function natsRequest(server: Server, subject: string, payload: string): Promise<string> {
  const request = `CONNECT {"verbose":false}\r\nSUB answer 1\r\nPUB ${subject} answer ${payload.length}\r\n${payload}\r\n`;
  return await ask(server.host, server.port, request, /MSG answer[\s\S]*\}\r\n/);
}

const kinds: readonly Kind[] = [
  {
    name: 'nats',
    start: startNats,
    async write(server) {
      const stream = '{"name":"NOTES","subjects":["notes"],"storage":"file"}';
      assert.doesNotMatch(await natsRequest(server, '$JS.API.STREAM.CREATE.NOTES', stream), /"error"/);
      assert.match(await natsRequest(server, 'notes', 'kept'), /"seq":1/);
    },
    async read(server) {
      const answer = await natsRequest(server, '$JS.API.STREAM.MSG.GET.NOTES', '{"seq":1}');
      const data = /"data":"([^"]*)"/.exec(answer)?.[1] ?? '';
      return Buffer.from(data, 'base64').toString();
    },
  },
  {
    name: 'postgres',
    start: (options) => startPostgres({ ...options, durable: false }),
    async write(server) {
      await sql(server, "CREATE TABLE note AS SELECT 'kept' AS value");
    },
    read: (server) => sql(server, 'SELECT value FROM note'),
  },
  {
    name: 'redis',
    start: startRedis,
    async write(server) {
      assert.equal(await ask(server.host, server.port, 'SET note kept\r\n'), '+OK\r\n');
    },
    async read(server) {
      const answer = await ask(server.host, server.port, 'GET note\r\n', /\n[\s\S]*\n/);
      return answer.split('\r\n')[1];
    },
  },
  {
    name: 'mongo',
    start: startMongo,
    async write(server) {
      await withMongo(server, (client) => client.db('test').collection('notes').insertOne({ value: 'kept' }));
    },
    read: (server) =>
      withMongo(server, async (client) => (await client.db('test').collection('notes').findOne({}))?.value),
  },
];

for (const kind of kinds) {
  describe(kind.name, () => {
    test('keeps acknowledged data and its port over kill and start', async () => {
      await using server = await kind.start({});
      const { pid, url } = server;
      await kind.write(server);
      await server.kill();
      assert.equal(server.pid, undefined);
      assert.equal(alive(pid ?? 0), false);
      await server.start();
      assert.notEqual(server.pid, pid);
      assert.equal(server.url, url);
      assert.equal(await kind.read(server), 'kept');
    });

    test('stop ends the process and frees the port; twice is as good as once', async () => {
      await using server = await kind.start({});
      const { pid } = server;
      await server.stop();
      await server.stop();
      assert.equal(alive(pid ?? 0), false);
      assert.ok(await portFree(server.port));
    });

    test('pause: nothing answers; resume: it does again', async () => {
      await using server = await kind.start({});
      await kind.write(server);
      server.pause();
      const read = kind.read(server).catch((error: unknown) => error);
      const early = await Promise.race([read, new Promise((resolve) => setTimeout(resolve, 300, 'hangs'))]);
      assert.equal(early, 'hangs');
      server.resume();
      await read;
      assert.equal(await kind.read(server), 'kept');
    });

    test('a start waits until the old socket is gone', async () => {
      await using server = await kind.start({});
      await server.kill();
      const old = createServer((socket) => socket.destroy()).listen(server.port, server.host);
      await once(old, 'listening');
      const started = server.start();
      setTimeout(() => old.close(), 400);
      await started;
      assert.ok(server.pid);
    });
  });
}

test('a temporary folder is gone after the server is disposed of', async () => {
  const lines: string[] = [];
  let folder = '';
  {
    await using _server = await startNats({ onLine: (line) => lines.push(line) });
    folder = /Store Directory: "(.*)\/store/.exec(lines.join('\n'))?.[1] ?? '';
    assert.ok(existsSync(folder), folder);
  }
  assert.equal(existsSync(folder), false);
});

test('nats: JetStream is on and the configuration is for its owner only', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsmicro-test-'));
  {
    await using server = await startNats({ dir });
    assert.match(await ask(server.host, server.port, ''), /"jetstream":true/);
    assert.equal(statSync(join(dir, 'nats.conf')).mode & 0o077, 0);
  }
  rmSync(dir, { recursive: true });
});

test('a server given by its address is used and never touched', async () => {
  await using own = await startRedis({});
  const given = await startRedis({ url: own.url });
  assert.deepEqual([given.external, given.port, given.pid], [true, own.port, undefined]);
  await assert.rejects(given.kill(), /not ours to end/);
  assert.throws(() => given.pause(), /not ours to end/);
  await given.stop();
  await given[Symbol.asyncDispose]();
  assert.match(await ask(own.host, own.port, 'PING\r\n'), /PONG/);
});

function withVariable(name: string, value: string, use: () => void): void {
  const before = process.env[name];
  process.env[name] = value;
  try {
    use();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

const usable = [
  ['nats', 'NATS_URL', 'nats://a:4222,tls://user:p%40ss@b'],
  ['postgres', 'POSTGRES_URL', 'postgresql://auth:secret@db.example'],
  ['redis', 'REDIS_URL', 'redis://:secret@[::1]:6380/'],
  ['mongo', 'MONGO_URL', 'mongodb://me:secret@a:27017,b:27018/blog?replicaSet=rs0'],
  ['mongo', 'MONGO_URL', 'mongodb+srv://cluster.example'],
] as const;

const unusable = [
  ['nats', 'NATS_URL', 'nats://a:4222,,nats://b', /no address of nats/],
  ['nats', 'NATS_URL', 'nats:4222', /no address of nats/],
  ['postgres', 'POSTGRES_URL', 'mysql://a:b@c', /no address of postgres/],
  ['postgres', 'POSTGRES_URL', 'postgres://auth:1/x@host/auth', /no address of postgres/],
  ['postgres', 'POSTGRES_URL', 'postgres://auth:100%@host/auth', /no address of postgres/],
  ['postgres', 'POSTGRES_URL', 'postgres://host/auth', /the user or the password is missing/],
  ['postgres', 'POSTGRES_URL', 'postgres://a:b@c/auth?sslmode=require', /parameters/],
  ['redis', 'REDIS_URL', 'redis://127.0.0.1:6379/2', /each service has a number of its own/],
  ['redis', 'REDIS_URL', 'rediss://127.0.0.1', /TLS .* is not supported here/],
  ['redis', 'REDIS_URL', 'redis://someone:secret@127.0.0.1', /users are not supported/],
  ['mongo', 'MONGO_URL', 'mongodb://a:27017,b:port', /no address of mongo/],
] as const;

test('addresses of servers: what services can use is taken', () => {
  for (const [server, name, value] of usable)
    withVariable(name, value, () => checkGivenAddresses(['nats', 'postgres', 'redis', 'mongo', server]));
});

test('addresses of servers: what would be dropped or misread is refused, and not shown', () => {
  for (const [server, name, value, why] of unusable) {
    withVariable(name, value, () =>
      assert.throws(
        () => checkGivenAddresses([server]),
        ({ message }: Error) =>
          why.test(message) && message.startsWith(`${name} cannot be used`) && !message.includes(value),
        value,
      ),
    );
  }
});

test('addresses of several hosts: shown without passwords, given a database, read by their first host', () => {
  const hosts = 'mongodb://me:se:cret@a:27017,b:27018';
  assert.equal(withDatabase(`${hosts}/?w=1`, 'blog'), `${hosts}/blog?w=1&authSource=admin`);
  assert.equal(withDatabase(`${hosts}/mine`, 'blog'), `${hosts}/mine`);
  assert.equal(withDatabase('mongodb://u:p@a', 'blog'), 'mongodb://u:p@a/blog?authSource=admin');
  assert.equal(withDatabase('mongodb://u:p@a/?authSource=x', 'blog'), 'mongodb://u:p@a/blog?authSource=x');
  assert.equal(withDatabase('postgres://u:p@a', 'auth'), 'postgres://u:p@a/auth');
  assert.equal(inDatabase('postgres://u:p@a/auth', 'orders'), 'postgres://u:p@a/orders');
  assert.equal(inDatabase(`${hosts}/mine`, 'orders'), `${hosts}/orders?authSource=mine`);
  assert.equal(inDatabase(`${hosts}/mine?w=1`, 'orders'), `${hosts}/orders?w=1&authSource=mine`);
  assert.equal(inDatabase('mongodb://a/mine?authSource=x', 'orders'), 'mongodb://a/orders?authSource=x');
  assert.equal(inDatabase('mongodb://u:p@a', 'orders'), 'mongodb://u:p@a/orders?authSource=admin');
  assert.equal(withoutPassword(hosts), 'mongodb://me@a:27017,b:27018');
  assert.equal(withoutPassword('nats://x:y@a,nats://z:s@b/'), 'nats://x@a,nats://z@b');
  const { host, port, database } = urlParts(`${hosts}/blog`, 1);
  assert.deepEqual([host, port, database], ['a', '27017', 'blog']);
});

test('programs that nothing can install: the packages are named', async () => {
  let installed: Promise<void> = Promise.resolve();
  withVariable('PATH', '/nonexistent', () => {
    installed = installPrograms(['nats-server', 'redis-server'], () => {});
    installed.catch(() => {});
  });
  await assert.rejects(installed, ({ message }: Error) => {
    assert.match(message, /All at once: apt-get install nats-server redis-server or brew install/);
    assert.doesNotMatch(message, /compose/);
    return true;
  });
});

test('a port in use by another program is named', async () => {
  const port = await findPort();
  const other = createServer().listen(port, '127.0.0.1');
  await assert.rejects(startRedis({ port }), new RegExp(`port ${port} .* in use`));
  other.close();
});

test('postgres: a lock file that names a stranger’s pid does not block the start', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsmicro-test-'));
  {
    await using server = await startPostgres({ dir, durable: false });
    await server.kill();
    const lock = join(dir, 'data', 'postmaster.pid');
    const { uid, gid } = statSync(join(dir, 'data'));
    // PostgreSQL believes the file when a process of its own user has that pid.
    const stranger = spawn('sleep', ['60'], { uid, gid, cwd: '/' });
    await once(stranger, 'spawn');
    writeFileSync(lock, [stranger.pid, ...readFileSync(lock, 'utf8').split('\n').slice(1)].join('\n'));
    await server.start().finally(() => stranger.kill('SIGKILL'));
    assert.ok(server.pid);
  }
  rmSync(dir, { recursive: true });
});

test('postgres: passwords are asked for', async () => {
  await using server = await startPostgres({ durable: false });
  const url = new URL(server.url);
  url.password = 'guess';
  await assert.rejects(
    new Client({ connectionString: url.href }).connect(),
    /password authentication failed/,
  );
});

test('postgres as root: runs as another user, also from a folder that is closed to him', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, async () => {
  const closed = mkdtempSync(join(tmpdir(), 'tsmicro-test-'));
  const dir = join(closed, 'postgres');
  mkdirSync(dir);
  let dataDir = '';
  {
    await using server = await startPostgres({ dir, durable: false });
    dataDir = realpathSync(join(dir, 'data'));
    assert.equal(dataDir.startsWith(closed), false);
    assert.notEqual(statSync(`/proc/${server.pid}`).uid, 0);
    await sql(server, 'CREATE TABLE note AS SELECT 1 AS value');
    await server.stop();
    await server.start();
    assert.equal(await sql(server, 'SELECT value FROM note'), 1);
  }
  removeCluster(dir);
  assert.equal(existsSync(dataDir), false);
  rmSync(closed, { recursive: true });
});
