import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { headOf, openRequest, readAll } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { until } from '../harness/until.ts';

const mebibyte = 2 ** 20;
const piece = Buffer.alloc(64 * 1_024, 'tsmicro ');
/** What one client gets, and what each of several gets who do not read it at first. */
const longBytes = 96 * mebibyte;
const clientCount = 4;
const sharedBytes = 24 * mebibyte;

/** How far a download has come. */
interface Download {
  readonly bytes: number;
  written: number;
  /** The service waits for whoever takes what it wrote. */
  waiting: boolean;
}

async function send(response: ServerResponse, download: Download): Promise<void> {
  while (download.written < download.bytes && !response.destroyed) {
    const room = response.write(piece);
    download.written += piece.length;
    if (room) continue;
    download.waiting = true;
    // Also when the client leaves: then nothing drains any more.
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
    download.waiting = false;
  }
  response.end();
}

/** Opens a service that sends so much to whoever asks. */
async function openDownloads(stage: Stage, t: TestContext, bytes: number): Promise<Download[]> {
  const upstream = await stage.openUpstream(t, 'blog');
  const downloads: Download[] = [];
  upstream.listener = (_request, response) => {
    const download: Download = { bytes, written: 0, waiting: false };
    downloads.push(download);
    void send(response, download);
  };
  await stage.load({ services: [serviceOf('blog', upstream, { read_timeout: 60_000 })] });
  return downloads;
}

/** What services send: as much as they like, and no more of it in the gateway than is on its way. */
export const responseBody: Area = {
  tests(test, name) {
    test('download: 96 MiB arrive byte for byte, and the gateway does not grow with them', async (stage, t) => {
      await openDownloads(stage, t, longBytes);
      const before = await stage.gateway.residentBytes?.();
      const incoming = await headOf(openRequest(stage.gateway.baseUrl, '/blog/x').end());
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of incoming) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      assert.equal(bytes, longBytes);
      const expected = createHash('sha256');
      for (let sent = 0; sent < longBytes; sent += piece.length) expected.update(piece);
      assert.equal(hash.digest('hex'), expected.digest('hex'));
      const after = await stage.gateway.residentBytes?.();
      if (before === undefined || after === undefined) return;
      t.diagnostic(
        `resident: ${Math.round(before / mebibyte)} MiB, then ${Math.round(after / mebibyte)} MiB`,
      );
      // Pieces that were sent on are there until the garbage is collected.
      assert.ok(after - before < 80 * mebibyte, `grew by ${(after - before) / mebibyte} MiB`);
    });

    test('download: of clients that do not read only little is held, and all get all when they do', async (stage, t) => {
      if (name === 'kong') {
        t.skip(
          'Kong takes up to 1 GiB of an answer into a file: its memory is bounded, what it takes is not',
        );
        return;
      }
      const downloads = await openDownloads(stage, t, sharedBytes);
      const before = await stage.gateway.residentBytes?.();
      const clients = await Promise.all(
        Array.from({ length: clientCount }, () =>
          headOf(openRequest(stage.gateway.baseUrl, '/blog/x').end()),
        ),
      );
      // Held is what fits into the buffers on the way: the service has come to a stop when nothing moves for a while.
      let quiet = 0;
      let last = -1;
      await until('the service waits for the clients', () => {
        const written = downloads.reduce((sum, download) => sum + download.written, 0);
        quiet = written === last && downloads.every(({ waiting }) => waiting) ? quiet + 1 : 0;
        last = written;
        return downloads.length === clientCount && quiet > 20;
      });
      const held = await stage.gateway.residentBytes?.();
      if (before !== undefined && held !== undefined) {
        t.diagnostic(`held for ${clientCount} clients: ${Math.round((held - before) / mebibyte)} MiB`);
        assert.ok(held - before < 32 * mebibyte, `grew by ${(held - before) / mebibyte} MiB`);
      }
      assert.ok(
        last < (clientCount * sharedBytes) / 2,
        `${last} of ${clientCount * sharedBytes} bytes were taken from the service`,
      );
      const answers = await Promise.all(clients.map((client) => readAll(client)));
      for (const { body } of answers) assert.equal(body.length, sharedBytes);
    });

    test('download: the service hears of a client that left, before the answer and within it', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      for (const when of ['before', 'within']) {
        let left = false;
        const arrived = Promise.withResolvers<void>();
        upstream.listener = (_request, response) => {
          response.once('close', () => {
            left = !response.writableFinished;
          });
          if (when === 'within') response.writeHead(200).write('some of it');
          arrived.resolve();
        };
        const sent = openRequest(stage.gateway.baseUrl, '/blog/x').on('error', () => undefined);
        sent.end();
        await arrived.promise;
        if (when === 'within') await once(await headOf(sent), 'data');
        sent.destroy();
        await until(`the service hears of a client that left ${when} its answer`, () => left);
      }
    });

    test('download: an answer that breaks off never looks whole', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      for (const headers of [{ 'content-length': '1000' }, {}]) {
        upstream.listener = (_request, response) => {
          response.writeHead(200, headers);
          response.write('x'.repeat(100), () => response.destroy());
        };
        await assert.rejects(stage.ask('/blog/x'), /aborted|socket hang up|ECONNRESET/);
      }
    });
  },
};
