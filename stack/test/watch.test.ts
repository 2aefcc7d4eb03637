import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type RunningCommand, StandInStack } from './stand-in/stack.ts';
import { waitFor } from './stand-in/wait.ts';

const names = ['gateway', 'auth', 'blog'];

/** The code of three stand-in services, each with a folder of its own and one that auth and blog share. */
class Sources implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsmicro-sources-'));

  constructor() {
    for (const name of names) this.write(`${name}/answer.ts`, `export const answer = '${name} 1';\n`);
    this.write('shared/word.ts', "export const word: string = 'shared 1';\n");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** As editors save that never leave a half-written file behind. */
  replace(name: string, text: string): void {
    this.write(`${name}.tmp`, text);
    renameSync(this.path(`${name}.tmp`), this.path(name));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function createStack(sources: Sources): Promise<StandInStack> {
  return StandInStack.create('nats', { STAND_IN_SOURCES: sources.folder });
}

async function says(stack: StandInStack, name: string, answer: string): Promise<void> {
  const url = stack.addresses()[name];
  await waitFor(`${name} to say ${answer}`, async () => {
    const given = await fetch(`${url}/answer`).then(
      (response) => response.text(),
      () => '',
    );
    return given === answer;
  });
}

/** What the launcher has said of changes so far. */
const changes = ({ output }: RunningCommand) => output.match(/changed: restarting .*/g) ?? [];

async function begin(stack: StandInStack): Promise<RunningCommand> {
  const launcher = stack.begin('start', '--watch');
  await launcher.printed('Ctrl-C stops all of it.');
  return launcher;
}

async function end(launcher: RunningCommand): Promise<void> {
  launcher.process.kill('SIGTERM');
  assert.equal((await launcher.ended).code, 0, launcher.output);
}

test('watch: only the service whose files changed is restarted, politely, and serves the new code', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const launcher = await begin(stack);
  const before = stack.addresses();
  sources.write('auth/answer.ts', "export const answer = 'auth 2';\n");
  await says(stack, 'auth', 'auth 2');
  await launcher.printed('auth serves again, ');
  const after = stack.addresses();
  assert.deepEqual(
    names.filter((name) => after.pids[name] !== before.pids[name]),
    ['auth'],
  );
  assert.equal(after.auth, before.auth);
  assert.match(launcher.output, /auth\/answer\.ts changed: restarting auth\n/);
  assert.match(launcher.output, /auth +\| .*stopping/, 'it was asked to end');
  assert.doesNotMatch(launcher.output, /starting it again in/);
  await end(launcher);
});

test('watch: files that several services are built on restart each of them, once for all that is saved together', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const launcher = await begin(stack);
  const { pids } = stack.addresses();
  for (const text of ['shared 2', 'shared 3'])
    sources.write('shared/word.ts', `export const word = '${text}';\n`);
  for (const name of ['auth', 'blog']) {
    sources.write(`${name}/answer.ts`, "export { word as answer } from '../shared/word.ts';\n");
  }
  for (const name of ['auth', 'blog']) await says(stack, name, 'shared 3');
  assert.equal(changes(launcher).length, 1, launcher.output);
  sources.write('shared/word.ts', "export const word = 'shared 4';\n");
  for (const name of ['auth', 'blog']) await says(stack, name, 'shared 4');
  assert.equal(stack.addresses().pids.gateway, pids.gateway);
  await end(launcher);
});

test('watch: saves by rename, one after the other, and files in new folders are seen', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const launcher = await begin(stack);
  for (const turn of [2, 3, 4]) {
    sources.replace('auth/answer.ts', `export const answer = 'auth ${turn}';\n`);
    await says(stack, 'auth', `auth ${turn}`);
  }
  sources.write('auth/deep/deeper/word.ts', "export const word = 'deep 1';\n");
  sources.replace('auth/answer.ts', "export { word as answer } from './deep/deeper/word.ts';\n");
  await says(stack, 'auth', 'deep 1');
  sources.write('auth/deep/deeper/word.ts', "export const word = 'deep 2';\n");
  await says(stack, 'auth', 'deep 2');
  rmSync(sources.path('auth'), { recursive: true });
  sources.write('auth/answer.ts', "export const answer = 'auth, made anew';\n");
  await says(stack, 'auth', 'auth, made anew');
  sources.write('auth/answer.ts', "export const answer = 'and changed';\n");
  await says(stack, 'auth', 'and changed');
  await end(launcher);
});

test('watch: what changes no source restarts nothing: editors’ own files, a save without a change, a link', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const launcher = await begin(stack);
  const { pids } = stack.addresses();
  const passing = ['.answer.ts.swp', '#answer.ts#', '.#answer.ts', 'answer.ts~', '4913', 'answer.ts.tmp.17'];
  for (const name of passing) sources.write(`auth/${name}`, 'half of a line');
  const text = readFileSync(sources.path('auth/answer.ts'), 'utf8');
  sources.replace('auth/answer.ts', text);
  linkSync(sources.path('auth/answer.ts'), join(stack.home, 'link.ts'));
  // What comes after them is told alone: all before it was no change.
  sources.write('blog/answer.ts', "export const answer = 'blog 2';\n");
  await says(stack, 'blog', 'blog 2');
  assert.deepEqual(changes(launcher), ['changed: restarting blog']);
  assert.equal(stack.addresses().pids.auth, pids.auth);
  await end(launcher);
});

test('watch: code that does not run is one message that says where and why, and the next change brings it back', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const launcher = await begin(stack);
  sources.write('auth/answer.ts', 'export const answer: string = ;\n');
  await launcher.printed('auth does not start with this change (exit code 1)');
  await launcher.printed('Expression expected');
  assert.match((await stack.run('status')).output, /auth +failed/);
  assert.match(launcher.output, /auth\/answer\.ts:1\n +export const answer: string = ;\n +\^\n +SyntaxError/);
  assert.doesNotMatch(launcher.output, /starting it again in|at parseTypeScript|Node\.js v/);
  sources.write('auth/answer.ts', "import { gone } from '../shared/word.ts';\nexport const answer = gone;\n");
  await launcher.printed("does not provide an export named 'gone'");
  sources.write('auth/answer.ts', "export const answer = 'mended';\n");
  await says(stack, 'auth', 'mended');
  assert.equal(launcher.output.match(/does not start/g)?.length, 2, launcher.output);
  assert.equal(launcher.output.match(/starting it again in/g), null);
  await launcher.printed('auth serves again, ');
  const { pids } = stack.addresses();
  process.kill(pids.auth ?? 0, 'SIGKILL');
  await launcher.printed('auth ended (SIGKILL); starting it again in 0.1 s');
  await launcher.printed('auth is back');
  await end(launcher);
});

test('watch: a service that was stopped by hand stays so; one that failed is started by hand too', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const launcher = await begin(stack);
  await stack.run('service', 'stop', 'auth');
  for (const name of ['auth', 'blog'])
    sources.write(`${name}/answer.ts`, "export const answer = 'second';\n");
  await says(stack, 'blog', 'second');
  assert.match((await stack.run('status')).output, /auth +stopped/);
  await stack.run('service', 'start', 'auth');
  await says(stack, 'auth', 'second');
  sources.write('auth/answer.ts', 'export const answer = ;\n');
  await launcher.printed('auth does not start');
  sources.replace('auth/answer.ts', "export const answer = 'third';\n");
  await says(stack, 'auth', 'third');
  await end(launcher);
});

test('watch --detach: goes on in the background', async () => {
  using sources = new Sources();
  await using stack = await createStack(sources);
  const { code, output } = await stack.run('start', '--watch', '--detach');
  assert.equal(code, 0, output);
  sources.replace('gateway/answer.ts', "export const answer = 'gateway 2';\n");
  await says(stack, 'gateway', 'gateway 2');
  assert.match((await stack.run('logs', 'stack')).output, /gateway\/answer\.ts changed: restarting gateway/);
});
