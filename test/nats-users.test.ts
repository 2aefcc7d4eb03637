// Who may say and hear what on NATS: the same of the server that the stack starts and of one that runs by deploy/nats.conf.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apiKeyRevoked, authentication } from '@tsmicro/contracts-auth';
import {
  connectNats,
  createEvent,
  hearEvents,
  listConsumerBacklogs,
  listLatestEvents,
  listParkedEvents,
  type NatsClient,
  onEvent,
  openEventConsumer,
  openEventRelay,
  requestNats,
  sendParkedEventAgain,
} from '@tsmicro/micro';
import { keepStreams, ProductionFiles, ProductionServer, type passwords } from './nats/production.ts';
import { System } from './system.ts';

const openssl = 'openssl';

type User = keyof typeof passwords;
type Connection = NatsClient['connection'];

/** What the server answers to who signs in with these words. */
async function knock(url: string, options: Record<string, string> = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  socket.write(`CONNECT ${JSON.stringify({ verbose: false, ...options })}\r\nPING\r\n`);
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
    if (/-ERR|PONG/.test(answer)) break;
  }
  return /-ERR '[^']*'|PONG/.exec(answer)?.[0] ?? '';
}

/** What the server complained of when this was done; it has answered all of it by then. */
async function complaints(
  { connection }: NatsClient,
  act: (connection: Connection) => void,
): Promise<string[]> {
  const heard: string[] = [];
  const listen = async () => {
    for await (const status of connection.status())
      if (status.type === 'error') heard.push(status.error.message);
  };
  void listen();
  act(connection);
  await connection.flush();
  await new Promise(setImmediate);
  return heard;
}

/** Asserts that each subject is refused to a user who subscribes to it, or publishes there. */
async function refuses(client: NatsClient, verb: 'subscribe' | 'publish', subjects: string[]): Promise<void> {
  for (const subject of subjects) {
    const [complaint = `nothing said to ${verb} ${subject}`] = await complaints(client, (connection) => {
      if (verb === 'publish') connection.publish(subject, 'x');
      else connection.subscribe(subject, { callback: () => undefined });
    });
    const kind = verb === 'publish' ? 'Publish' : 'Subscription';
    assert.match(
      complaint,
      new RegExp(
        `Permissions Violation for ${kind} (?:to|using) "?.*${subject.replaceAll(/[$.*>]/g, '\\$&')}`,
        'i',
      ),
    );
  }
}

/** The first message on this subject. */
function first(connection: Connection, subject: string): Promise<string> {
  return new Promise((resolve, reject) =>
    connection.subscribe(subject, {
      max: 1,
      timeout: 5_000,
      callback: (error, message) => (error ? reject(error) : resolve(message.string())),
    }),
  );
}

/** Whether one of those who answer says this. */
async function hears({ connection }: NatsClient, subject: string, wanted: string): Promise<boolean> {
  const answers = await connection.requestMany(subject, '', { maxMessages: 20, maxWait: 2_000 });
  for await (const answer of answers) if (answer.string() === wanted) return true;
  return false;
}

const everybody = ['auth', 'blog', 'front', 'console', 'gateway', 'setup', 'operator'] as const;
/** Those who are processes of ours. */
const clientNames = ['auth', 'blog', 'front', 'console', 'gateway'] as const;

/** The same promises for every server that has these users. */
function promises(urlOf: (user: User) => string): void {
  const clients = {} as Record<User, NatsClient>;
  before(async () => {
    for (const natsServiceName of everybody) {
      clients[natsServiceName] = await connectNats({
        natsUrl: urlOf(natsServiceName),
        natsServiceName,
        natsServiceVersion: '1.0.0',
        signal: AbortSignal.timeout(10_000),
      });
    }
  });
  after(() => Promise.all(Object.values(clients).map((client) => client.close())));

  test('nats: nobody comes in without a user, or with a wrong password', async () => {
    assert.match(await knock(urlOf('blog')), /Authorization Violation/);
    assert.match(await knock(urlOf('blog'), { user: 'blog', pass: 'wrong' }), /Authorization Violation/);
    const { password } = new URL(urlOf('blog'));
    assert.equal(await knock(urlOf('blog'), { user: 'blog', pass: password }), 'PONG');
  });

  test('nats: only auth hears what auth is asked', async () => {
    await refuses(clients.blog, 'subscribe', ['auth.authentication', 'auth.>', '*.authentication', '>']);
    await refuses(clients.gateway, 'subscribe', ['auth.>', 'blog.>']);
    assert.deepEqual(
      await complaints(clients.auth, (auth) => auth.subscribe('auth.none', { queue: 'q' })),
      [],
    );
  });

  test('nats: nobody shows or hides an instance of another service', async () => {
    await refuses(clients.blog, 'publish', ['$SRV.READY.auth.1', '$SRV.LEAVING.auth.1']);
    await refuses(clients.gateway, 'publish', ['$SRV.READY.auth.1']);
    await refuses(clients.blog, 'subscribe', ['$SRV.INFO.auth', '$SRV.READY.>', '$SRV.>']);
    for (const site of [clients.front, clients.console]) {
      await refuses(site, 'publish', ['$SRV.READY.auth.1', '$SRV.LEAVING.gateway.1']);
      await refuses(site, 'subscribe', ['$SRV.INFO.auth', '$SRV.>']);
    }
  });

  test('nats: a site asks nobody here and tells of no event', async () => {
    for (const site of [clients.front, clients.console]) {
      await refuses(site, 'publish', [
        'auth.authentication',
        'blog.anything',
        'events.blog.blog.published',
        'parked.blog.blog-auth',
        'auth.notice.decisions',
      ]);
      await refuses(site, 'subscribe', ['auth.>', 'blog.>', 'auth.notice.>', 'parked.>', '>']);
    }
    await refuses(clients.front, 'publish', ['$SRV.STATS', 'again.blog.x', 'sight.watch', 'sight.collect']);
    await refuses(clients.front, 'subscribe', ['events.>', 'sight.>', '$SRV.READY.>']);
  });

  test('nats: the console hears who is there and what happens; it changes no stream', async () => {
    const { connection } = clients.console;
    const came = first(connection, '$SRV.READY.>');
    const happened = first(connection, 'events.>');
    await connection.flush();
    clients.blog.connection.publish('$SRV.READY.blog.7', 'here');
    assert.equal(await came, 'here');
    clients.auth.connection.publish('events.auth.user.updated', 'an event');
    assert.equal(await happened, 'an event');
    const shown = clients.front.connection.subscribe('$SRV.STATS', {
      callback: (_error, message) => {
        message.respond('figures');
      },
    });
    await clients.front.connection.flush();
    assert.ok(await hears(clients.console, '$SRV.STATS', 'figures'));
    shown.unsubscribe();
    await refuses(clients.console, 'publish', [
      '$JS.API.STREAM.CREATE.X',
      '$JS.API.STREAM.DELETE.EVENTS',
      '$JS.API.STREAM.PURGE.PARKED',
      '$JS.API.STREAM.MSG.DELETE.EVENTS',
      '$JS.API.CONSUMER.CREATE.EVENTS',
      '$JS.API.CONSUMER.MSG.NEXT.EVENTS.blog-auth',
      '$JS.API.CONSUMER.DELETE.EVENTS.blog-auth',
    ]);
  });

  test('nats: who looks on says so, and hears below the name of each what that one tells', async () => {
    for (const name of clientNames) {
      const told = first(clients[name].connection, 'sight.watch');
      const collected = first(clients[name].connection, 'sight.collect');
      await clients[name].connection.flush();
      clients.console.connection.publish('sight.watch', 'somebody looks');
      clients.console.connection.publish('sight.collect', 'who knows?');
      assert.deepEqual(await Promise.all([told, collected]), ['somebody looks', 'who knows?']);
      const spans = first(clients.console.connection, `sight.${name}.spans`);
      await clients.console.connection.flush();
      clients[name].connection.publish(`sight.${name}.spans`, name);
      assert.equal(await spans, name);
    }
    await refuses(clients.blog, 'publish', ['sight.auth.spans', 'sight.watch', 'sight.collect']);
    await refuses(clients.blog, 'subscribe', ['sight.>', 'sight.auth.spans']);
    await refuses(clients.gateway, 'publish', ['sight.front.slow', 'sight.watch']);
  });

  test('nats: nobody reads the answers that others get', async () => {
    for (const client of [clients.blog, clients.auth, clients.front, clients.console]) {
      await refuses(client, 'subscribe', ['_INBOX.gateway.>', '_INBOX.>', '_INBOX.*.x']);
    }
    await refuses(clients.auth, 'publish', ['_INBOX.blog.x']);
  });

  test('nats: a service asks those whose contract it is built on, and nobody else', async () => {
    await refuses(clients.auth, 'publish', ['blog.anything']);
    await refuses(clients.gateway, 'publish', ['auth.authentication', '$SRV.INFO', '$SRV.STATS.auth']);
    await refuses(clients.blog, 'publish', ['$JS.API.INFO', '$JS.API.STREAM.CREATE.X']);
  });

  test('nats: who is asked may answer, once', async () => {
    const { connection } = clients.auth;
    const asked = new Promise<string>((resolve) => {
      connection.subscribe('auth.question', {
        callback: (_error, message) => {
          message.respond('yes');
          resolve(message.reply ?? '');
        },
      });
    });
    await connection.flush();
    assert.equal((await clients.blog.connection.request('auth.question', 'well?')).string(), 'yes');
    await refuses(clients.auth, 'publish', [await asked]);
  });

  test('nats: the gateway hears who comes and goes, and finds who is there by the name of a service', async () => {
    const gateway = clients.gateway.connection;
    const came = first(gateway, '$SRV.READY.>');
    const left = first(gateway, '$SRV.LEAVING.>');
    await gateway.flush();
    clients.auth.connection.publish('$SRV.READY.auth.7', 'here');
    clients.blog.connection.publish('$SRV.LEAVING.blog.7', 'gone');
    assert.deepEqual([await came, await left], ['here', 'gone']);
    const instance = clients.blog.connection.subscribe('$SRV.INFO.blog', {
      callback: (_error, message) => {
        message.respond('it is me');
      },
    });
    await clients.blog.connection.flush();
    assert.ok(await hears(clients.gateway, '$SRV.INFO.blog', 'it is me'));
    instance.unsubscribe();
  });

  test('nats: a service tells of what is its own, and hears of those whose contract it is built on', async () => {
    await refuses(clients.blog, 'publish', [
      'events.auth.user.updated',
      'parked.auth.x',
      'again.blog.blog-auth',
    ]);
    await refuses(clients.auth, 'publish', ['events.blog.blog.deleted', 'again.auth.x']);
    await refuses(clients.auth, 'subscribe', ['events.blog.>', 'events.>', 'parked.>']);
    for (const client of [clients.auth, clients.blog]) {
      const hear = (connection: Connection) =>
        connection.subscribe('events.auth.>', { callback: () => undefined });
      assert.deepEqual(await complaints(client, hear), []);
    }
    await refuses(clients.gateway, 'publish', ['events.auth.apikey.revoked']);
    await refuses(clients.gateway, 'subscribe', ['events.auth.user.updated', 'events.auth.>']);
    await refuses(clients.blog, 'publish', [
      '$JS.API.CONSUMER.MSG.NEXT.EVENTS.other',
      '$JS.API.CONSUMER.DELETE.EVENTS.blog-auth',
      '$JS.API.STREAM.MSG.GET.EVENTS',
      '$JS.ACK.EVENTS.other.1.1.1.1.1',
    ]);
  });

  test('nats: a service is told who keeps its answers, and tells them what holds no longer', async () => {
    const keeper = clients.blog.connection;
    keeper.subscribe('auth.notice.test', {
      callback: (_error, message) => {
        message.respond('dropped');
      },
    });
    await keeper.flush();
    const reply = await clients.auth.connection.request('auth.notice.test', 'drop it');
    assert.equal(reply.string(), 'dropped');
    await refuses(clients.gateway, 'subscribe', ['auth.notice.decisions']);
  });

  test('nats: streams are made by the user for that, and looked at by the operator', async () => {
    const stream = JSON.stringify({ name: 'NOTES', subjects: ['notes'] });
    const made = await clients.setup.connection.request('$JS.API.STREAM.CREATE.NOTES', stream);
    assert.doesNotMatch(made.string(), /"error"/);
    await refuses(clients.setup, 'publish', ['notes', 'auth.authentication']);
    const { connection } = clients.operator;
    assert.match((await connection.request('notes', 'kept')).string(), /"seq":1\b/);
    assert.deepEqual(
      await complaints(clients.operator, (operator) =>
        operator.subscribe('>', { callback: () => undefined }),
      ),
      [],
    );
  });
}

describe('the stack', () => {
  let system: System;
  const urls = {} as Record<User, string>;
  before(async () => {
    system = await System.open();
    urls.operator = (await system.addresses()).nats;
    for (const name of clientNames) urls[name] = (await system.variables(name)).NATS_URL ?? '';
    const settings = JSON.parse(await readFile(join(system.home, 'nats', 'nats.conf'), 'utf8'));
    const { password } = settings.authorization.users.find(({ user }: { user: string }) => user === 'setup');
    urls.setup = urls.operator.replace(/\/\/[^@]*@/, `//setup:${password}@`);
  });
  after(() => system[Symbol.asyncDispose]());

  promises((user) => urls[user]);

  test('nats: every service works with its user: blog asks auth, auth answers', async () => {
    const { accessToken: token } = await system.signIn();
    const drafts = await system.ask('GET', '/blog/author/drafts', { token });
    assert.equal(drafts.status, 200, drafts.text);
    assert.equal((await system.ask('GET', '/blog/author/drafts', { token: 'none' })).status, 401);
    await using operator = await connectNats({
      natsUrl: urls.operator,
      natsServiceName: 'operator',
      natsServiceVersion: '1.0.0',
    });
    const user = await requestNats(operator, authentication, { value: `Bearer ${token}` });
    assert.equal(user.email, 'admin@afteracademy.com');
  });

  test('nats: no log has a password, nor what is printed', async () => {
    const folder = join(system.home, 'logs');
    const logs = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
    );
    const text = [...logs, system.printed, await system.command('status')].join('\n');
    assert.match(text, /nats/);
    for (const url of Object.values(urls))
      assert.ok(!text.includes(new URL(url).password), new URL(url).username);
  });
});

describe('deploy/nats.conf', () => {
  let files: ProductionFiles;
  let server: ProductionServer;
  before(async () => {
    files = new ProductionFiles();
    server = await ProductionServer.start(files);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    files[Symbol.dispose]();
  });

  promises((user) => server.url(user));

  const signIn = (name: User) =>
    connectNats({
      natsUrl: server.url(name),
      natsServiceName: name,
      natsServiceVersion: '1.0.0',
      signal: AbortSignal.timeout(10_000),
    });

  test('nats: an event goes from auth to blog, by the users of both and a consumer that nats-streams made', async () => {
    const clients = await Promise.all((['auth', 'blog', 'gateway', 'console'] as const).map(signIn));
    const [auth, blog, gateway, console] = clients;
    assert.ok(auth && blog && gateway && console);
    await using opened = new AsyncDisposableStack();
    for (const client of clients) opened.use(client);
    await using _streams = await keepStreams(files.folder, server.url('setup'));
    const heard = new Promise<string>((resolve) => {
      const listener = hearEvents(gateway, [
        onEvent(apiKeyRevoked, ({ entity }) => {
          listener.close();
          resolve(entity);
        }),
      ]);
    });
    await gateway.connection.flush();
    const handled = Promise.withResolvers<string>();
    await using _consumer = openEventConsumer(blog, {
      name: 'blog-auth',
      handlers: [onEvent(apiKeyRevoked, ({ entity }) => handled.resolve(entity))],
    });
    const id = randomUUID();
    const waiting = [createEvent(apiKeyRevoked, id, { id, hash: '00', prefix: 'x' })];
    await using _relay = openEventRelay(auth, {
      pending: async () => waiting,
      sent: async () => void waiting.splice(0),
      backlog: async () => ({ count: waiting.length }),
    });
    assert.deepEqual(await Promise.all([heard, handled.promise]), [id, id]);
    // What the console shows of it, by its own user.
    assert.deepEqual(
      (await listLatestEvents(console, 10)).map(({ data }) => data),
      [{ id, hash: '00', prefix: 'x' }],
    );
    assert.deepEqual(
      (await listConsumerBacklogs(console)).map(({ name }) => name),
      ['blog-auth'],
    );
  });

  test('nats: what blog has parked the console shows, has tried again, and takes out once it was handled', async () => {
    const [auth, blog, console] = await Promise.all((['auth', 'blog', 'console'] as const).map(signIn));
    assert.ok(auth && blog && console);
    await using opened = new AsyncDisposableStack();
    for (const client of [auth, blog, console]) opened.use(client);
    await using _streams = await keepStreams(files.folder, server.url('setup'));
    let ready = false;
    await using _consumer = openEventConsumer(blog, {
      name: 'blog-auth',
      handlers: [
        onEvent(apiKeyRevoked, () => {
          if (!ready) throw new Error('not yet');
        }),
      ],
    });
    const id = randomUUID();
    const waiting = [createEvent(apiKeyRevoked, id, { id, hash: '00', prefix: 'x' })];
    await using _relay = openEventRelay(auth, {
      pending: async () => waiting,
      sent: async () => void waiting.splice(0),
      backlog: async () => ({ count: waiting.length }),
    });
    const deadline = performance.now() + 10_000;
    let parked = await listParkedEvents(console);
    while (parked.length === 0 && performance.now() < deadline) parked = await listParkedEvents(console);
    const [{ sequence = 0, reason = '' } = {}] = parked;
    assert.match(reason, /not yet/);
    await assert.rejects(sendParkedEventAgain(console, sequence), { status: 500 });
    assert.equal((await listParkedEvents(console)).length, 1);
    ready = true;
    await sendParkedEventAgain(console, sequence);
    assert.deepEqual(await listParkedEvents(console), []);
  });

  test('nats: the files for production are accepted, for one server and for three', () => {
    using copy = new ProductionFiles();
    copy.writeRoutes();
    assert.doesNotThrow(() => copy.check('nats.conf'));
    assert.doesNotThrow(() => copy.check('nats-cluster.conf', { NATS_SERVER_NAME: 'nats-0' }));
    assert.throws(() => copy.check('nats-cluster.conf'), /NATS_SERVER_NAME/);
  });

  test('nats: the TLS that the files show is accepted once it has certificates', () => {
    using copy = new ProductionFiles();
    copy.writeRoutes();
    for (const name of ['nats.conf', 'nats-cluster.conf']) {
      // From `#tls {` to its closing brace, without the signs.
      copy.edit(name, /^ *#tls \{[\s\S]*?#\}/m, (block) => block.replaceAll('#', ''));
      copy.edit(name, /\/etc\/nats\/tls/g, () => copy.folder);
    }
    assert.throws(() => copy.check('nats.conf'), /tls|certificate/i, 'it wants the certificates');
    const subject = ['-subj', '/CN=nats', '-addext', 'subjectAltName=DNS:nats'];
    const files = ['-keyout', copy.path('tls.key'), '-out', copy.path('tls.crt')];
    execFileSync(
      openssl,
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files],
      {
        stdio: 'ignore',
      },
    );
    copyFileSync(copy.path('tls.crt'), copy.path('ca.crt'));
    assert.doesNotThrow(() => copy.check('nats.conf'));
    assert.doesNotThrow(() => copy.check('nats-cluster.conf', { NATS_SERVER_NAME: 'nats-0' }));
  });
});
