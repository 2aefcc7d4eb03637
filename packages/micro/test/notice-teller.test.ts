import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import {
  connectNats,
  KeeperBeat,
  keepAnswers,
  keeping,
  msgToJson,
  type NatsClient,
  type NoticeTeller,
  openNoticeTeller,
} from '@tsmicro/micro';
import { type Server, startNats } from '@tsmicro/stack';
import { type Changed, changed } from './changed-notice.ts';
import { until } from './until.ts';

/** Nobody trusts anything for longer. */
const longestMs = keeping.trustMs + keeping.marginMs;
/** What a machine at work may add. */
const delayMs = 1_000;

describe('who tells a notice', () => {
  let server: Server;
  let client: NatsClient;
  let teller: NoticeTeller<typeof Changed>;
  let keeper: NatsClient;
  let openedAt: number;

  const connect = (natsServiceName: string) =>
    connectNats({ natsUrl: server.url, natsServiceName, natsServiceVersion: '1.0.0' });
  const tell = async (...users: string[]): Promise<number> => {
    const began = performance.now();
    await teller.tell({ users });
    return performance.now() - began;
  };
  /** Until no beat can have been missed, and who was heard before is forgotten. */
  const settled = () => until('nobody is waited for', 10_000, async () => (await tell('nobody')) < 500);

  before(async () => {
    server = await startNats();
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    client = await connect('desk');
    openedAt = performance.now();
    teller = await openNoticeTeller(client, changed);
    keeper = await connect('asker');
  });
  afterEach(async () => {
    teller.close();
    await Promise.all([client.close(), keeper.close()]);
  });

  test('waits for those it may not have heard when it is new, and for nobody later', async () => {
    await tell('ann');
    assert.ok(performance.now() - openedAt >= keeping.trustMs);
    await settled();
  });

  test('returns when every keeper has dropped what the notice is about', async () => {
    let version = 0;
    const kept = keepAnswers(keeper, {
      notice: changed,
      subjectsOf: ({ user }: { user: string; version: number }) => [user],
      concernedBy: ({ users }) => users,
    });
    const read = async () => (await kept.through('ann', async () => ({ user: 'ann', version }))).version;
    await settled();
    for (let round = 0; round < 20; round++) {
      await until('it is kept', 5_000, async () => {
        await read();
        return kept.find('ann') !== undefined;
      });
      version++;
      await teller.tell({ users: ['ann'] });
      assert.equal(await read(), version);
    }
    kept.close();
  });

  test('waits for a keeper that does not reply until that one trusts nothing, and not at all when it is forgotten', async () => {
    await settled();
    const beat = msgToJson(KeeperBeat, { instance: 'hanging' });
    keeper.connection.publish(changed.beats, beat);
    await keeper.connection.flush();
    const tookMs = await tell('ann');
    assert.ok(tookMs >= keeping.trustMs && tookMs < longestMs + delayMs, `took ${tookMs} ms`);
    await settled();
  });

  test('a reply of somebody else is not the one that is waited for', async () => {
    await settled();
    const callback = (_error: Error | null, message: { respond(payload: string): boolean }) => {
      message.respond(msgToJson(KeeperBeat, { instance: 'another' }));
    };
    keeper.connection.subscribe(changed.subject, { callback });
    keeper.connection.publish(changed.beats, msgToJson(KeeperBeat, { instance: 'hanging' }));
    await keeper.connection.flush();
    assert.ok((await tell('ann')) >= keeping.trustMs);
  });

  test('NATS hangs or is gone: it returns when nobody trusts anything, and at once when that has been so', async () => {
    await settled();
    server.pause();
    try {
      const tookMs = await tell('ann');
      assert.ok(tookMs >= keeping.trustMs && tookMs < longestMs + delayMs, `took ${tookMs} ms`);
    } finally {
      server.resume();
    }
    await server.kill();
    const tookMs = await tell('ann');
    assert.ok(tookMs < longestMs + delayMs, `took ${tookMs} ms`);
    assert.ok((await tell('ann')) < keeping.trustMs / 2);
    await server.start();
    await until('both are back', 5_000, () => client.connected && keeper.connected);
    await settled();
  });
});
