import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectNats, type NatsClient, openServiceWatch, requestNats } from '@tsmicro/micro';
import { findPort, startNats } from '@tsmicro/stack';
import { openAsker, openInstance, work } from './counter.ts';
import { until } from './until.ts';

interface Announcement {
  subject: string;
  info: unknown;
}

/** Hears everything that instances announce. */
async function hear(client: NatsClient): Promise<Announcement[]> {
  const heard: Announcement[] = [];
  for (const verb of ['READY', 'LEAVING']) {
    client.connection.subscribe(`$SRV.${verb}.>`, {
      callback: (_error, { subject, data }) => {
        heard.push({ subject, info: JSON.parse(Buffer.from(data).toString()) });
      },
    });
  }
  await client.connection.flush();
  return heard;
}

test('announcement: an instance says READY when it is, and LEAVING before it goes, once each, by its INFO', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  const heard = await hear(asker);
  await using one = await openInstance(server.url);
  await until('it is announced', 1_000, () => heard.length > 0);
  const id = one.client.instanceId;
  const info = await asker.connection.request(`$SRV.INFO.counter.${id}`, '', { timeout: 1_000 });
  await Promise.all([one.router.close(), one.router.close()]);
  await asker.connection.flush();
  assert.deepEqual(heard, [
    { subject: `$SRV.READY.counter.${id}`, info: info.json() },
    { subject: `$SRV.LEAVING.counter.${id}`, info: info.json() },
  ]);
});

test('announcement: when its connection is back an instance says READY again, unless it has left', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  const heard = await hear(asker);
  await using gone = await openInstance(server.url);
  await using staying = await openInstance(server.url);
  await gone.router.close();
  await until('all of it is heard', 1_000, () => heard.length === 3);
  const clients = [staying.client, gone.client];
  const back = clients.map((client) => new Promise<void>((resolve) => client.onReconnect(resolve)));
  for (const { connection } of clients) await connection.reconnect();
  await Promise.all(back);
  for (const { connection } of [...clients, asker]) await connection.flush();
  const again = `$SRV.READY.counter.${staying.client.instanceId}`;
  assert.deepEqual(
    heard.slice(3).map(({ subject }) => subject),
    [again],
  );
});

test('inbox: with a user that may read its own only, behind a dead server of two, all of it works', async () => {
  const user = (name: string, publish: string[], subscribe: string[]) => ({
    name,
    password: `${name}@/:1`,
    permissions: { publish, subscribe: [...subscribe, `_INBOX.${name}.>`] },
  });
  await using server = await startNats({
    users: [
      user('counter', ['$SRV.*.counter.>'], ['counter.>', '$SRV.*', '$SRV.*.counter', '$SRV.*.counter.>']),
      user('asker', ['counter.>'], []),
      user('watcher', ['$SRV.INFO.*'], ['$SRV.READY.>', '$SRV.LEAVING.>']),
    ],
  });
  const dead = await findPort();
  const urlOf = (name: string) =>
    [dead, server.port]
      .map((port) => `nats://${name}:${encodeURIComponent(`${name}@/:1`)}@127.0.0.1:${port}`)
      .join(',');
  const open = (name: string) =>
    connectNats({ natsUrl: urlOf(name), natsServiceName: name, natsServiceVersion: '1.0.0' });
  await using watcher = await open('watcher');
  using watch = await openServiceWatch(watcher, { names: ['counter'] });
  await using one = await openInstance(urlOf('counter'));
  await until('it is known', 1_000, () => watch.instances('counter').length === 1);
  await using asker = await open('asker');
  assert.equal((await requestNats(asker, work, { id: 'x' })).by, one.counter.name);
  using second = await openServiceWatch(watcher, { names: ['counter'] });
  assert.equal(second.instances('counter')[0]?.id, one.client.instanceId, 'the answer came to its inbox');
  await one.router.close();
  await until('it is out', 1_000, () => watch.instances('counter').length === 0);
});
