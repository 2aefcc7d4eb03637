import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { createLogger, openTelemetry } from '../src/index.ts';

const lines: string[] = [];
const logger = createLogger({
  name: 'test',
  level: 'info',
  destination: { write: (line: string) => void lines.push(line) },
});

test('a port that is held is waited for, and then told of in one message', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const open = () =>
    openTelemetry({ name: 'b', version: '', metrics: { host: '127.0.0.1', port }, environment: {}, logger });
  await assert.rejects(open(), {
    name: 'ConfigError',
    message: new RegExp(
      `^METRICS_PORT ${port} of METRICS_HOST 127\\.0\\.0\\.1 cannot be listened on \\(.*EADDRINUSE`,
    ),
  });
  const waiting = open();
  holder.close();
  const opened = await waiting;
  assert.equal(new URL(opened.metricsUrl).port, String(port));
  await opened.close();
  await assert.rejects(fetch(opened.metricsUrl));
  assert.ok(lines.some((line) => line.includes(`waiting for port ${port}`)));
});

test('after the close nobody listens to operations any more', async () => {
  const channel = new OperationChannel<Operation>('http.client');
  const where = { host: '127.0.0.1', port: 0 };
  const telemetry = await openTelemetry({ name: 'c', version: '', metrics: where, environment: {}, logger });
  assert.equal(channel.observed, true);
  await Promise.all([telemetry.close(), telemetry.close()]);
  assert.equal(channel.observed, false);
});
