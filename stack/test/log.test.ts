import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LogFile } from '../src/log/file.ts';
import { formatLine } from '../src/log/format.ts';
import { LogFollower, readLastLines } from '../src/log/reader.ts';

const noon = new Date(2026, 0, 2, 12, 3, 4).getTime();

function withFolder(use: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'tsmicro-log-'));
  try {
    use(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('format: a pino line becomes name, time, level, message and fields', () => {
  const line = JSON.stringify({
    level: 30,
    time: noon,
    pid: 7,
    hostname: 'here',
    name: 'auth',
    msg: 'listening',
    port: 8001,
    url: 'http://127.0.0.1:8001',
    what: 'two words',
    tags: ['A'],
  });
  assert.equal(
    formatLine('auth', line, false),
    'auth     | 12:03:04 INFO  listening port=8001 url=http://127.0.0.1:8001 what="two words" tags=["A"]',
  );
});

test('format: an error shows its stack below, each line under the name', () => {
  const err = {
    type: 'Error',
    message: 'no such table',
    stack: 'Error: no such table\n    at find (store.ts:3:9)',
  };
  const shown = formatLine(
    'blog',
    JSON.stringify({ level: 50, time: noon, msg: 'request failed', err }),
    false,
  );
  assert.deepEqual(shown.split('\n'), [
    'blog     | 12:03:04 ERROR request failed',
    'blog     |   Error: no such table',
    'blog     |       at find (store.ts:3:9)',
  ]);
});

test('format: what is not pino’s is shown as it is', () => {
  for (const text of ['plain text', '{broken', '{"no":"level"}', 'null', '[1]', '']) {
    assert.equal(formatLine('nats', text, false), `nats     | ${text}`);
  }
});

test('format: level names and ISO times are understood too', () => {
  const line = JSON.stringify({ level: 'warn', time: new Date(noon).toISOString(), msg: 'slow' });
  assert.equal(formatLine('auth', line, false), 'auth     | 12:03:04 WARN  slow');
});

test('format: colours only when they are asked for', () => {
  const line = JSON.stringify({ level: 50, time: noon, msg: 'bad' });
  assert.equal(formatLine('auth', line, false).includes('\u001b'), false);
  assert.ok(formatLine('auth', line, true).includes('\u001b[31mERROR\u001b[0m'));
});

test('file: begins anew at its limit and keeps one old file', () =>
  withFolder((dir) => {
    const path = join(dir, 'auth.log');
    using file = new LogFile(path, 100);
    for (let i = 0; i < 25; i++) file.write(`line ${String(i).padStart(4, '0')}`);
    assert.ok(statSync(path).size <= 100);
    assert.ok(statSync(`${path}.1`).size <= 100);
    assert.equal(statSync(path).mode & 0o077, 0);
    assert.ok(readFileSync(path, 'utf8').endsWith('line 0024\n'));
  }));

test('file: a restart goes on behind what is there, and counts it', () =>
  withFolder((dir) => {
    const path = join(dir, 'auth.log');
    writeFileSync(path, `${'x'.repeat(95)}\n`);
    using file = new LogFile(path, 100);
    file.write('after');
    assert.equal(readFileSync(path, 'utf8'), 'after\n');
    assert.equal(readFileSync(`${path}.1`, 'utf8'), `${'x'.repeat(95)}\n`);
  }));

test('file: goes on after a rotation that failed', () =>
  withFolder((dir) => {
    const folder = join(dir, 'logs');
    const path = join(folder, 'auth.log');
    mkdirSync(folder);
    using file = new LogFile(path, 10);
    file.write('one');
    rmSync(folder, { recursive: true });
    for (let i = 0; i < 2; i++) assert.throws(() => file.write('longer words'), { code: 'ENOENT' });
    mkdirSync(folder);
    file.write('after that');
    file.write('later words');
    assert.equal(readFileSync(path, 'utf8'), 'later words\n');
    assert.equal(readFileSync(`${path}.1`, 'utf8'), 'after that\n');
  }));

test('file: late words after its end are dropped', () =>
  withFolder((dir) => {
    const path = join(dir, 'auth.log');
    const file = new LogFile(path);
    file.write('one');
    file[Symbol.dispose]();
    file.write('two');
    assert.equal(readFileSync(path, 'utf8'), 'one\n');
  }));

test('reader: lines of several logs come in the order of their times; text stays behind its neighbour', () =>
  withFolder((dir) => {
    const entry = (time: number, msg: string) => JSON.stringify({ level: 30, time, msg });
    writeFileSync(join(dir, 'auth.log'), `${entry(1, 'a1')}\nstack of a1\n${entry(5, 'a5')}\n`);
    writeFileSync(join(dir, 'blog.log'), `${entry(3, 'b3')}\n`);
    const lines = readLastLines(dir, ['auth', 'blog'], 10).map(({ name, line }) => `${name} ${line}`);
    assert.deepEqual(lines, [
      `auth ${entry(1, 'a1')}`,
      'auth stack of a1',
      `blog ${entry(3, 'b3')}`,
      `auth ${entry(5, 'a5')}`,
    ]);
  }));

test('follower: gives whole lines as they come, also across the rotation', () =>
  withFolder((dir) => {
    const path = join(dir, 'auth.log');
    writeFileSync(path, 'before\n');
    const follower = new LogFollower(dir, 'auth');
    appendFileSync(path, 'one\ntw');
    assert.deepEqual(follower.next(), [{ name: 'auth', line: 'one' }]);
    appendFileSync(path, 'o\n');
    assert.deepEqual(follower.next(), [{ name: 'auth', line: 'two' }]);
    using file = new LogFile(path, 1);
    file.write('after');
    assert.deepEqual(follower.next(), [{ name: 'auth', line: 'after' }]);
    assert.deepEqual(follower.next(), []);
  }));
