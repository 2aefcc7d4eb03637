// The README is run as it is printed: its session with curl in a shell, its controller by Node, its own service in a copy
// of the project.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { findPort } from '@tsmicro/stack';
import { ProjectCopy } from '../tools/generate/test/project-copy.ts';
import { System, seedApiKey } from './system.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
let system: System;
let readme = '';
before(async () => {
  readme = await readFile(join(root, 'README.md'), 'utf8');
  system = await System.open();
});
after(() => system[Symbol.asyncDispose]());

/** The code blocks of one language below a heading. */
function blocks(heading: string, language: string): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return Array.from(
    section.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')),
    ([, code = '']) => code,
  );
}

test('readme: the first session works as printed', async () => {
  const script = blocks('A first session', 'sh').join('\n');
  const { gateway } = await system.addresses();
  assert.ok(script.includes('http://127.0.0.1:8000'));
  const moved = script.replaceAll('http://127.0.0.1:8000', gateway);
  // Answers have no line end of their own.
  const { stdout } = await run('bash', [
    '-euo',
    'pipefail',
    '-c',
    `curl() { command curl "$@"; echo; }\n${moved}`,
  ]);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ status, message }) => [status, message]),
    [
      [401, 'x-api-key header is missing'],
      [200, 'success'],
      [200, 'success'],
      [200, 'blog submitted successfully'],
      [200, 'blog published successfully'],
      [200, 'success'],
      [200, 'success'],
      [200, 'success'],
      [200, 'success'],
      [200, 'blog unpublished successfully'],
      [404, answers[10]?.message],
      [200, 'signout success'],
      [401, answers[12]?.message],
    ],
  );
});

test('readme: the controller compiles, starts and answers over HTTP and NATS', async () => {
  const [source = ''] = blocks('A controller of your own', 'ts');
  const dir = join(root, '.test');
  const file = join(dir, 'hello.ts');
  await mkdir(dir, { recursive: true });
  await writeFile(file, source);
  try {
    const { compilerOptions } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['hello.ts'] }));
    await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', dir]);
    const { nats } = await system.addresses();
    const child = spawn(process.execPath, [file], {
      env: { ...process.env, NATS_URL: nats, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
    });
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += chunk;
      const address = /http:\/\/\S+/.exec(printed)?.[0];
      if (address === undefined || !printed.includes('Hello world')) continue;
      const greeted = await fetch(`${address}/greet/you`);
      assert.deepEqual(await greeted.json(), {
        code: '10000',
        status: 200,
        message: 'success',
        data: { text: 'Hello you' },
      });
      assert.equal((await fetch(`${address}/greet/nobody`)).status, 404);
      child.kill();
    }
    assert.match(printed, /text: 'Hello world'/);
  } finally {
    await rm(file, { force: true });
    await rm(join(dir, 'tsconfig.json'), { force: true });
  }
});

/** Blocks of any language below a heading, in their order. */
function allBlocks(heading: string): { language: string; code: string }[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return Array.from(section.matchAll(/```(sh|diff|ts)\n([\s\S]*?)```/g), ([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** Asks until the answer has this text. */
async function untilShown(url: string, text: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  const headers = { 'x-api-key': seedApiKey };
  for (;;) {
    const shown = await fetch(url, { headers }).then(
      (response) => response.text(),
      (error: unknown) => String(error),
    );
    if (shown.includes(text)) return;
    if (performance.now() > deadline) throw new Error(`${url} still answers ${shown}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('readme: your own service in ten minutes works as printed', async () => {
  await using copy = await ProjectCopy.make();
  const port = await findPort();
  const gateway = `http://127.0.0.1:${port}`;
  let printed = '';
  let variables = '';
  let metrics = '';
  const here = (code: string) =>
    code
      .replaceAll('http://127.0.0.1:8000', gateway)
      .replace('http://127.0.0.1:9105/metrics', metrics)
      .replace('--watch --detach', `--watch --detach --port ${port}`);
  await using stopping = new AsyncDisposableStack();
  stopping.defer(async () => {
    await copy.run('npm', ['run', 'reset', '--', '--yes']);
  });
  for (const { language, code } of allBlocks('Your own service in ten minutes')) {
    if (language === 'ts') {
      await writeFile(copy.path('ask.ts'), code);
    } else if (language === 'diff') {
      await writeFile(copy.path('field.patch'), code);
      const { code: status, output } = await copy.run('git', ['apply', 'field.patch']);
      assert.equal(status, 0, output);
      await untilShown(`${gateway}/orders/order`, '"quantity"');
    } else {
      const script = `curl() { command curl "$@"; echo; }\n${variables}\n${here(code)}`;
      const { code: status, output } = await copy.run('bash', ['-euo', 'pipefail', '-c', script]);
      assert.equal(status, 0, `${code}\n${output}`);
      printed += output;
      variables += here(
        (code.match(/^[A-Z]+=.*$/gm) ?? []).filter((line) => !line.includes(' npx ')).join('\n'),
      );
      variables += '\n';
      if (code.includes('npm start')) {
        metrics = JSON.parse(await readFile(copy.path('.stack/addresses.json'), 'utf8')).metrics.orders;
      }
      if (code.includes('generate -- feature')) await untilShown(`${gateway}/orders/address`, '"data":[]');
    }
  }
  const envelopes = printed.split('\n').filter((line) => line.startsWith('{"code"'));
  assert.deepEqual(
    envelopes.map((line) => JSON.parse(line)).map(({ status, message }) => [status, message]),
    [
      [200, 'order created successfully'],
      [200, 'success'],
      [400, 'name is required'],
      [200, 'order created successfully'],
      [400, 'quantity must be min 1'],
      [200, 'address created successfully'],
      [200, 'success'],
    ],
  );
  assert.match(printed, /name: 'Chairs',\n +quantity: 4,/);
  assert.match(printed, /^http_server_request\S*\{.*\d$/m);
  assert.match(printed, /\n\d+ passed, 0 failed\n/);
  assert.match(printed, /^contracts\/orders\/openapi\.json$/m);
});
