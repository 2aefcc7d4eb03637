import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlogClient } from './blog-client.ts';
import { eventually, openBlogServer, openSurroundings } from './blog-fixture.ts';

// These break the database: it must be one of their own.
delete process.env.MONGO_URL;

interface Report {
  status: string;
  dependencies: { name: string; state: string }[];
}

test('ready follows MongoDB; without Redis and NATS the service is ready, but degraded', async () => {
  await using surroundings = await openSurroundings();
  await using server = await openBlogServer(surroundings);
  const client = new BlogClient(server.address);
  const ready = () => client.call<Report>('GET', '/health/ready');
  assert.equal((await ready()).data.status, 'OK');
  await surroundings.mongo.kill();
  const down = await eventually(ready, ({ status }) => status === 503);
  assert.match(down.message, /^MongoDB is down since \d{4}-\d\d-\d\dT/);
  assert.equal((await client.call('GET', '/health')).status, 200);
  await surroundings.mongo.start();
  await eventually(ready, ({ status }) => status === 200);
  await Promise.all([surroundings.redis.kill(), surroundings.nats.kill()]);
  const isDown = ({ data }: { data: Report }, name: string) =>
    data.dependencies.some((dependency) => dependency.name === name && dependency.state === 'down');
  const degraded = await eventually(ready, (answer) => isDown(answer, 'Redis') && isDown(answer, 'NATS'));
  assert.deepEqual([degraded.status, degraded.data.status], [200, 'DEGRADED']);
});
