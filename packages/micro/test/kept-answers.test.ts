import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import {
  connectNats,
  type KeptAnswers,
  keepAnswers,
  type NatsClient,
  type NoticeTeller,
  openNoticeTeller,
} from '@tsmicro/micro';
import { type Server, startNats } from '@tsmicro/stack';
import { type Changed, changed } from './changed-notice.ts';
import { until } from './until.ts';

interface Seen {
  user: string;
  version: number;
}

describe('kept answers', () => {
  let server: Server;
  let telling: NatsClient;
  let teller: NoticeTeller<typeof Changed>;
  let client: NatsClient;
  let kept: KeptAnswers<Seen, typeof Changed>;
  let asked = 0;
  let beats = 0;
  let lastBeatAt = 0;
  let expiresAt = Number.POSITIVE_INFINITY;

  const connect = (natsServiceName: string) =>
    connectNats({ natsUrl: server.url, natsServiceName, natsServiceVersion: '1.0.0' });
  const ask = async (): Promise<Seen> => ({ user: 'ann', version: ++asked });
  const read = async () => (await kept.through('ann', ask)).version;
  const tell = (...users: string[]) => teller.tell({ users });
  const trusted = () =>
    until('it is trusted', 5_000, async () => {
      const version = await read();
      return version === (await read());
    });

  before(async () => {
    server = await startNats();
    telling = await connect('desk');
    teller = await openNoticeTeller(telling, changed);
    const callback = () => {
      beats++;
      lastBeatAt = performance.now();
    };
    telling.connection.subscribe(changed.beats, { callback });
  });
  after(async () => {
    teller.close();
    await telling.close();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expiresAt = Number.POSITIVE_INFINITY;
    client = await connect('asker');
    kept = keepAnswers(client, {
      notice: changed,
      subjectsOf: ({ user }) => [user],
      concernedBy: ({ users }) => users,
      expiresAt: () => expiresAt,
    });
  });
  afterEach(async () => {
    kept.close();
    await client.close();
  });

  test('an answer is asked for once, until a notice is about it', async () => {
    await trusted();
    const version = await read();
    assert.equal(await read(), version);
    await tell('olaf');
    assert.equal(await read(), version);
    await tell('olaf', 'ann');
    assert.equal(await read(), version + 1);
  });

  test('200 who ask at once, before anything is trusted, share one question', async () => {
    const before = asked;
    const gate = Promise.withResolvers<void>();
    const slowly = async () => {
      asked++;
      await gate.promise;
      return { user: 'ann', version: asked };
    };
    const all = Array.from({ length: 200 }, () => kept.through('ann', slowly));
    await until('all but one have joined', 5_000, () => kept.figures.shared === 199);
    gate.resolve();
    assert.deepEqual(new Set((await Promise.all(all)).map(({ version }) => version)), new Set([before + 1]));
  });

  const bounded = { timeout: 20_000 };

  test(
    'an answer that was asked for before a notice is not kept, and given to nobody who comes after it',
    bounded,
    async () => {
      await trusted();
      await tell('ann');
      const gate = Promise.withResolvers<void>();
      const old = kept.through('ann', async () => {
        await gate.promise;
        return { user: 'ann', version: -1 };
      });
      await tell('ann');
      const fresh = await read();
      assert.ok(fresh > 0);
      gate.resolve();
      assert.equal((await old).version, -1);
      assert.equal(await read(), fresh);
    },
  );

  test('an error is shared, and not kept', async () => {
    const fail = () => Promise.reject(new Error('refused'));
    await assert.rejects(kept.through('ann', fail), { message: 'refused' });
    assert.ok((await read()) > 0);
  });

  test('nothing is given beyond its own end', async () => {
    await trusted();
    await tell('ann');
    expiresAt = Date.now() + 300;
    const version = await read();
    await until('it is over', 5_000, async () => (await read()) > version);
    assert.ok(Date.now() >= expiresAt);
  });

  test('a process that was stopped for longer than trust lasts gives nothing before it has heard from NATS', async () => {
    await trusted();
    assert.ok(kept.find('ann'));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
    assert.equal(kept.find('ann'), undefined);
    await trusted();
  });

  test('NATS hangs: what is kept is given for a second at most; NATS gone: not at all, and asked anew after its return', async () => {
    await trusted();
    server.pause();
    try {
      const hungAt = performance.now();
      await until('trust is over', 5_000, () => kept.find('ann') === undefined);
      assert.ok(performance.now() - hungAt < 1_000 + 250);
    } finally {
      server.resume();
    }
    await trusted();
    const version = await read();
    await server.kill();
    await until('the loss is noticed', 2_000, () => !client.connected);
    assert.equal(kept.find('ann'), undefined);
    assert.ok((await read()) > version);
    await server.start();
    await until('NATS is back', 5_000, () => client.connected && telling.connected);
    await trusted();
  });

  test('nobody is there to tell: nothing is kept, and what was is given no more', async () => {
    await trusted();
    teller.close();
    const goneAt = performance.now();
    try {
      await until('trust is over', 5_000, () => kept.find('ann') === undefined);
      assert.ok(performance.now() - goneAt < 1_000 + 250);
      const version = await read();
      assert.ok((await read()) > version);
    } finally {
      teller = await openNoticeTeller(telling, changed);
    }
    await trusted();
  });

  test('of two who tell one hangs: what is kept is given for a second at most, until that one is forgotten', async () => {
    const other = await connect('desk');
    const hanging = await openNoticeTeller(other, changed);
    await trusted();
    await until('both have answered', 5_000, async () => {
      kept.find('ann');
      await telling.connection.flush();
      return performance.now() - lastBeatAt < 100;
    });
    hanging.close();
    await until('trust is over', 5_000, () => kept.find('ann') === undefined);
    await until('trust is back', 10_000, async () => {
      await read();
      return kept.find('ann') !== undefined;
    });
    await other.close();
  });

  test('beats end when nothing is used any more', async () => {
    await trusted();
    const before = beats;
    await until('beats come', 5_000, () => {
      kept.find('ann');
      return beats > before + 1;
    });
    await until('no beat for a second', 10_000, () => performance.now() - lastBeatAt > 1_000);
    const version = await read();
    assert.equal(await read(), version);
  });
});

test('who may not hear notices, or whose beats are refused, keeps nothing', async () => {
  const all = { publish: ['>'], subscribe: ['>'] };
  const user = (name: string, permissions: typeof all) => ({ name, password: name, permissions });
  const users = [
    user('deaf', { ...all, subscribe: ['_INBOX.>'] }),
    user('mute', { ...all, publish: ['_INBOX.>'] }),
    user('full', all),
  ];
  await using server = await startNats({ users });
  const address = new URL(server.url).host;
  const connect = (name: string) => {
    const natsUrl = `nats://${name}:${name}@${address}`;
    return connectNats({ natsUrl, natsServiceName: name, natsServiceVersion: '1.0.0' });
  };
  await using telling = await connect('full');
  await using _teller = await openNoticeTeller(telling, changed);
  const asksIn100Reads = async (name: string) => {
    await using client = await connect(name);
    await using kept = keepAnswers(client, { notice: changed, subjectsOf: () => [], concernedBy: () => [] });
    for (let i = 0; i < 100; i++) {
      await kept.through('ann', async () => ({ user: 'ann' }));
      await client.connection.flush();
    }
    return kept.figures.asked;
  };
  assert.equal(await asksIn100Reads('deaf'), 100);
  assert.equal(await asksIn100Reads('mute'), 100);
  assert.ok((await asksIn100Reads('full')) < 10);
});
