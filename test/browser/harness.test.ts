// What the other tests of this folder rely on: a page that has a fault does not get past them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type OpenBrowser, openBrowser } from './browser.ts';
import { browserMissing } from './chromium.ts';
import { pageFaults } from './page-check.ts';

const body: Readonly<Record<string, string>> = {
  '/calm': '<h1>Calm</h1><p>Words</p>',
  '/wide': `<h1>Wide</h1><pre>${'wide'.repeat(200)}</pre>`,
  '/scrolls': `<h1>Scrolls</h1><pre tabindex="0" class="scroll">${'wide'.repeat(200)}</pre>`,
  '/nameless': '<h1>Nameless</h1><button></button><img src="/calm.svg"><label>Name</label><input>',
  '/headless': '<p>No heading</p>',
  '/faint': '<h1>Faint</h1><p class="faint">Hardly to be read</p>',
  '/inline': '<h1>Inline</h1><script>alert(1)</script>',
  '/throws': '<h1>Throws</h1><script src="/throws.js"></script>',
  '/missing': '<h1>Missing</h1><img src="/nowhere.svg" alt="Nothing">',
  '/outside': '<h1>Outside</h1><img src="http://outside.example/a.svg" alt="Outside">',
};
const style = '.scroll{overflow-x:auto} .faint{color:#ccc;background:#fff} h1{max-width:100%}';

describe('browser: the harness', { skip: await browserMissing() }, () => {
  let server: Server;
  let browser: OpenBrowser;
  let origin: string;
  before(async () => {
    server = createServer(({ url = '' }, response) => {
      response.setHeader('content-security-policy', "default-src 'self'; img-src 'self' http:");
      if (url === '/calm.svg' || url === '/favicon.ico')
        response.setHeader('content-type', 'image/svg+xml').end('<svg xmlns="http://www.w3.org/2000/svg"/>');
      else if (url === '/calm.css') response.setHeader('content-type', 'text/css').end(style);
      else if (url === '/throws.js')
        response.setHeader('content-type', 'text/javascript').end('throw new Error("of the page")');
      else if (body[url] === undefined) response.writeHead(404).end('nothing');
      else
        response
          .setHeader('content-type', 'text/html; charset=utf-8')
          .end(
            `<!doctype html><html lang="en"><title>${url}</title><meta name="viewport" content="width=device-width">` +
              `<link rel="stylesheet" href="/calm.css"><main>${body[url]}</main>`,
          );
    }).listen(0, '127.0.0.1');
    [browser] = await Promise.all([openBrowser(), once(server, 'listening')]);
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    server?.close();
    server?.closeAllConnections();
  });

  /** What the check says of a page, and what the person has noticed on it. */
  async function look(path: string): Promise<{ check: string; noticed: string }> {
    await using person = await browser.person(origin, { width: 360 });
    await person.go(path);
    const check = (await pageFaults(person.page)).join('\n');
    return { check, noticed: person.takeFaults().join('\n') };
  }

  test('harness: a page without a fault passes, and so does a wide box that scrolls', async () => {
    assert.deepEqual(await look('/calm'), { check: '', noticed: '' });
    assert.deepEqual(await look('/scrolls'), { check: '', noticed: '' });
  });

  test('harness: the check names what is too wide, nameless, without heading, too faint', async () => {
    assert.match((await look('/wide')).check, /too wide: the page is \d{4} wide, the window 360/);
    assert.match((await look('/nameless')).check, /button-name[\s\S]*image-alt[\s\S]*label/);
    assert.match((await look('/headless')).check, /it has 0 h1/);
    assert.match((await look('/faint')).check, /color-contrast/);
  });

  test('harness: what a page throws, may not run or cannot load is noticed', async () => {
    assert.match((await look('/inline')).noticed, /CSP: script-src-elem stopped inline/);
    assert.match((await look('/throws')).noticed, /of the page/);
    assert.match((await look('/missing')).noticed, /404[\s\S]*nowhere\.svg/);
  });

  test('harness: what is noticed fails the test, once', async () => {
    await using person = await browser.person(origin);
    await person.go('/throws');
    assert.throws(() => browser.assertSilence(), /of the page/);
    browser.assertSilence();
  });

  test('harness: nothing outside of this machine is reached', async () => {
    assert.match((await look('/outside')).noticed, /ERR_NAME_NOT_RESOLVED[\s\S]*outside\.example/);
  });

  test('harness: a failed page is no fault when it was opened as one', async () => {
    await using person = await browser.person(origin);
    await person.go('/nowhere', 404);
    await assert.rejects(person.go('/nowhere'), /404/);
  });
});
