// The plugins' Lua code by itself: what luacheck says of it, and every test of gateway/kong/spec as a test here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { luaPackages, obtainPackages } from './debian.ts';

const cwd = fileURLToPath(new URL('../../kong', import.meta.url));
const runsWithinMs = 60_000;

interface Run {
  readonly code: number;
  readonly output: string;
}

function run(command: string, ...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, timeout: runsWithinMs }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

/** One test of TAP version 12: its name, and what was said after it when it failed. */
interface SpecResult {
  readonly name: string;
  readonly failure: string | undefined;
}

function parseTap(output: string): SpecResult[] {
  const results: SpecResult[] = [];
  for (const [, not, name = '', rest = ''] of output.matchAll(
    /^(not )?ok \d+ - (.*)\n((?:#.*\n|(?!(?:not )?ok |\d+\.\.).*\n)*)/gm,
  )) {
    results.push({ name, failure: not === undefined ? undefined : rest });
  }
  return results;
}

const { output: tap } = await obtainPackages(luaPackages.busted).then(() => run('busted', '-o', 'TAP'));
const results = parseTap(tap);

describe('lua', () => {
  before(() => obtainPackages(luaPackages.luacheck));

  test('lua: luacheck has nothing to say of the plugins, their specs and their doubles', async () => {
    const { code, output } = await run('luacheck', '--no-color', '-q', '.', '../test/kong/lua');
    assert.equal(code, 0, output);
  });

  test('lua: busted has run every spec', () => {
    const [, planned] = /^1\.\.(\d+)$/m.exec(tap) ?? [];
    assert.ok(results.length > 30, tap);
    assert.equal(results.length, Number(planned), tap);
  });

  for (const { name, failure } of results) {
    test(`lua: ${name}`, () => assert.ok(failure === undefined, failure));
  }
});
