import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceWords } from '../../src/account/device.ts';

test('deviceWords: browsers are named with their system, what is unknown stands as it is', () => {
  const words: readonly [string | undefined, string][] = [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox 128 on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari 17 on iOS',
    ],
    ['curl/8.1', 'curl/8.1'],
    ['x'.repeat(500), 'x'.repeat(80)],
    [undefined, 'An unknown device'],
    [' ', 'An unknown device'],
  ];
  for (const [userAgent, expected] of words) assert.equal(deviceWords(userAgent), expected);
});
