import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { findPort } from '@tsmicro/stack';
import { validate } from 'dockerfile-utils';
import { AuthClient } from '../../services/auth/test/auth-client.ts';
import { readComposeFile, secretPaths } from './compose-file.ts';
import { type DeployedServers, startDeployedServers } from './deployed-servers.ts';
import { buildImage, type Image } from './image-build.ts';
import { Running } from './running.ts';
import { openSecrets } from './secrets.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '..');
const project = join(deploy, '..');
const dockerfile = 'deploy/service.Dockerfile';

const images = new Map<string, Promise<Image>>();
after(async () => {
  for (const image of images.values()) await (await image)[Symbol.asyncDispose]();
});

/** The image of one of ours, built once. */
function imageOf(workspace: string): Promise<Image> {
  const known = images.get(workspace) ?? buildImage(project, dockerfile, { WORKSPACE: workspace });
  images.set(workspace, known);
  return known;
}

/** Runs what an image would run, in its folder: of the environment it gets nothing but what is given. */
function commandOf(image: Image): [command: string, args: string[], options: { cwd: string }] {
  const [program = '', ...args] = image.command;
  assert.equal(program, 'node');
  return [process.execPath, args, { cwd: join(image.root, image.workdir) }];
}

test('images: the linter of Dockerfiles finds nothing, and Node is the one that package.json names', async () => {
  const { devDependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  for (const name of ['service.Dockerfile', 'nats.Dockerfile']) {
    const text = await readFile(join(deploy, name), 'utf8');
    assert.deepEqual(validate(text), []);
    const bases = Array.from(text.matchAll(/^FROM (\S+)/gm), ([, base]) => base);
    for (const base of bases) assert.match(base ?? '', /^[\w/]+:\d+\.\d+\.\d+-/);
    if (name.startsWith('service')) {
      assert.deepEqual(new Set(bases), new Set([`node:${devDependencies.node}-trixie-slim`]));
    }
  }
});

for (const workspace of ['services/auth', 'services/blog', 'sites/front', 'sites/console', 'gateway']) {
  describe(`image of ${workspace}`, () => {
    let image: Image;
    before(async () => {
      image = await imageOf(workspace);
    });

    test('has production dependencies and sources, and nothing else', async () => {
      const { packages } = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8'));
      const at = join(image.root, 'app', 'node_modules');
      const installed = [
        ...readdirSync(at),
        ...readdirSync(join(at, '@tsmicro')).map((name) => `@tsmicro/${name}`),
      ];
      assert.ok(installed.includes('@tsmicro/network'));
      // What only development needs, and links to what is not there.
      const astray = installed.filter(
        (name) => packages[`node_modules/${name}`]?.dev || !existsSync(join(at, name)),
      );
      assert.deepEqual(astray, []);
      const pattern = 'app/**/{test,tests,secrets,.env*,.git,.stack,*.pem,stack,tools,bench}';
      const exclude = (path: string) => path.includes('node_modules');
      assert.deepEqual(await Array.fromAsync(glob(pattern, { cwd: image.root, exclude })), []);
    });

    test('runs without root, as production, and checks its health without other programs', () => {
      assert.equal(image.user, '1000:1000');
      assert.deepEqual(image.environment, {
        NODE_ENV: 'production',
        SERVER_HOST: '0.0.0.0',
        SERVER_PORT: '8000',
      });
      assert.deepEqual(image.healthCheck, ['node', '/app/health-check.ts']);
      assert.equal(image.workdir, `/app/${workspace}`);
    });

    test('loads with what is in it: with a variable that is wrong the only complaint is that one', async () => {
      const [command, args, options] = commandOf(image);
      const env = { ...image.environment, LOG_LEVEL: 'loud' };
      const { stderr } = await run(command, args, { ...options, env, timeout: 30_000 }).then(
        () => ({ stderr: 'it started' }),
        (error: { stderr: string }) => error,
      );
      assert.match(
        stderr,
        /^these environment variables are missing or wrong:\n( {2}.*\n)* {2}LOG_LEVEL is invalid/,
      );
    });
  });
}

describe('auth, out of its image, as compose.yml runs it', () => {
  const opened = new AsyncDisposableStack();
  let secrets: string;
  let image: Image;
  let servers: DeployedServers;
  let address: string;
  let environment: Record<string, string>;

  before(async () => {
    secrets = opened.use(await openSecrets()).dir;
    const { services } = await readComposeFile(join(deploy, 'compose.yml'));
    const { auth = {}, 'auth-redis': redis = {} } = services;
    image = await imageOf('services/auth');
    servers = opened.use(await startDeployedServers(secrets, redis.command ?? ''));
    const port = String(await findPort());
    address = `http://127.0.0.1:${port}`;
    const natsUrl = join(secrets, 'auth-nats-url');
    const here = (await readFile(natsUrl, 'utf8')).replace('nats:4222', `127.0.0.1:${servers.natsPort}`);
    await writeFile(join(secrets, 'nats-url-here'), here);
    const inside = secretPaths(auth);
    const given = Object.entries(auth.environment ?? {}).map(([name, text]) => {
      const secret = inside.get(text);
      return [name, secret === undefined ? text : join(secrets, secret)];
    });
    environment = {
      ...image.environment,
      ...Object.fromEntries(given),
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: port,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: '0',
      DB_HOST: servers.postgres.host,
      DB_PORT: String(servers.postgres.port),
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(servers.redisPort),
      NATS_URL_FILE: join(secrets, 'nats-url-here'),
    };
  });
  after(() => opened.disposeAsync());

  test('starts with its secrets in files, is well, and ends politely', async () => {
    const [command, args, options] = commandOf(image);
    await using service = await Running.spawn(command, args, {
      ...options,
      env: environment,
      ready: /auth is ready/,
    });
    const [, script = ''] = image.healthCheck;
    const check = [join(image.root, script)];
    await run(process.execPath, check, { env: environment });
    const report = await (await fetch(`${address}/health/ready`)).json();
    assert.partialDeepStrictEqual(report, { data: { status: 'OK' } });
    assert.equal(await service.stop(), 0);
    await assert.rejects(
      run(process.execPath, check, { env: environment }),
      'a service that is gone is not well',
    );
    const files = readdirSync(secrets, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files) {
      const secret = (await readFile(join(secrets, name), 'utf8')).trim();
      assert.equal(service.output.includes(secret), false, name);
    }
  });

  test('the first API key and the first admin come about as the operator is told', async () => {
    const [command, args, options] = commandOf(image);
    await using _service = await Running.spawn(command, args, {
      ...options,
      env: environment,
      ready: /auth is ready/,
    });
    await using client = new AuthClient(address);
    const made = await run(join(deploy, 'make-api-key.sh'), ["Ann's site"]);
    const verify = (key: string) => client.call('GET', '/verify/apikey', { headers: { 'x-api-key': key } });
    const key = made.stderr.trim();
    assert.equal((await verify(key)).status, 403);
    await servers.psql(made.stdout);
    assert.equal((await verify(key)).status, 200);
    assert.equal(made.stdout.includes(key), false);

    const person = await client.signUp({ email: 'ann@example.com' });
    const grant = async (email: string) => {
      const script = await readFile(join(deploy, 'make-admin.sql'), 'utf8');
      return (await servers.psql(script, '--set', `email=${email}`)).trim();
    };
    assert.equal(await grant('nobody@example.com'), 'INSERT 0 0');
    assert.equal(await grant('Ann@example.com'), 'INSERT 0 3');
    const { body } = await client.signIn('ann@example.com', person.password);
    const roles = body.data?.user?.roles?.map(({ code }) => code);
    assert.deepEqual(roles?.sort(), ['ADMIN', 'AUTHOR', 'EDITOR', 'LEARNER']);
  });
});
