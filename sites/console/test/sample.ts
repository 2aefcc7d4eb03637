import type { MapLine, MapNode, Snapshot, Span } from '../src/watch/snapshot.ts';

/** The moment of {@link sampleSnapshot}. */
export const sampleAt = Date.UTC(2026, 2, 1, 12, 4, 31);

const instance = (kind: MapNode['kind'], name: string, id: string, port: number): MapNode => ({
  id,
  kind,
  name,
  instance: id,
  health: 'up',
  since: sampleAt - 11_520_000,
  address: `127.0.0.1:${port}`,
  version: '0.1.0',
  memoryMiB: 88.4,
  perSec: 41.2,
  errorsPerSec: 0,
});

const server = (kind: MapNode['kind'], name: string, id: string, port: number): MapNode => ({
  id,
  kind,
  name,
  health: 'up',
  since: sampleAt - 11_525_000,
  address: `127.0.0.1:${port}`,
});

const line = (
  from: string,
  to: string,
  kind: MapLine['kind'],
  perSec: number,
  errorsPerSec = 0,
): MapLine => ({
  from,
  to,
  kind,
  perSec,
  errorsPerSec,
  p95Ms: 3.4,
});

const nodes: readonly MapNode[] = [
  instance('gateway', 'gateway', 'gateway-Zt4x91', 8000),
  instance('site', 'front', 'front-a1', 8003),
  instance('site', 'console', 'console-b1', 8004),
  instance('service', 'auth', 'auth-c1', 8001),
  {
    ...instance('service', 'auth', 'auth-c2', 8011),
    health: 'gone',
    since: sampleAt - 12_000,
    note: 'no word since 12:04:19',
  },
  instance('service', 'blog', 'blog-d1', 8002),
  {
    ...instance('service', 'blog', 'blog-d2', 8012),
    health: 'degraded',
    since: sampleAt - 4_000,
    note: 'Redis cannot be reached',
  },
  server('nats', 'NATS', 'nats', 4222),
  server('postgres', 'PostgreSQL', 'postgres', 5432),
  server('mongo', 'MongoDB', 'mongo', 27017),
  {
    ...server('redis', 'Redis', 'redis', 6379),
    health: 'down',
    since: sampleAt - 4_000,
    note: 'blog: connect ECONNREFUSED',
  },
];

const lines: readonly MapLine[] = [
  line('visitors', 'gateway-Zt4x91', 'http', 412.3, 1.2),
  line('gateway-Zt4x91', 'front-a1', 'http', 12),
  line('gateway-Zt4x91', 'console-b1', 'http', 1),
  line('gateway-Zt4x91', 'auth-c1', 'http', 88),
  line('gateway-Zt4x91', 'blog-d1', 'http', 160),
  line('gateway-Zt4x91', 'blog-d2', 'http', 151, 1.2),
  line('front-a1', 'gateway-Zt4x91', 'http', 22),
  line('console-b1', 'gateway-Zt4x91', 'http', 0),
  line('auth-c1', 'nats', 'nats', 3),
  line('blog-d1', 'nats', 'nats', 40),
  line('blog-d2', 'nats', 'nats', 38),
  line('nats', 'auth-c1', 'nats', 78),
  line('auth-c1', 'postgres', 'database', 99),
  line('blog-d1', 'mongo', 'database', 14),
  line('blog-d2', 'mongo', 'database', 13),
  line('auth-c1', 'redis', 'cache', 55),
  line('blog-d1', 'redis', 'cache', 160, 80),
  line('blog-d2', 'redis', 'cache', 151, 151),
  line('front-a1', 'redis', 'cache', 12, 6),
  line('console-b1', 'redis', 'cache', 1),
  line('gateway-Zt4x91', 'redis', 'cache', 412, 2),
];

const history = Array.from({ length: 60 }, (_, i) => 40 + 30 * Math.sin(i / 6) + (i % 7));
const figures = { perSec: 41.2, errorsPerSec: 0, p50Ms: 1.2, p95Ms: 3.4, p99Ms: 18, history };

const span = (id: string, given: Partial<Span>): Span => ({
  id,
  service: 'blog',
  kind: 'nats.client',
  name: 'auth.authentication',
  startMs: 0,
  durationMs: 10,
  outcome: 'ok',
  ...given,
});

const spans: readonly Span[] = [
  span('1', {
    service: 'gateway',
    kind: 'http.server',
    name: '/blog/editor/id/:id',
    durationMs: 128.4,
    status: 503,
    outcome: 'error',
  }),
  span('2', {
    parentId: '1',
    service: 'gateway',
    kind: 'http.client',
    name: 'blog',
    startMs: 0.8,
    durationMs: 127,
    status: 503,
    outcome: 'error',
  }),
  span('3', {
    parentId: '2',
    kind: 'http.server',
    name: '/editor/id/:id',
    startMs: 1.5,
    durationMs: 126,
    status: 503,
    outcome: 'error',
  }),
  span('4', { parentId: '3', startMs: 2, durationMs: 19 }),
  span('5', { parentId: '4', service: 'auth', kind: 'nats.server', startMs: 3, durationMs: 17 }),
  span('6', { parentId: '5', service: 'auth', kind: 'postgres', name: 'select', startMs: 4, durationMs: 15 }),
  span('7', {
    parentId: '3',
    kind: 'mongo',
    name: 'findOne',
    startMs: 24,
    durationMs: 102,
    outcome: 'timeout',
  }),
];

/** A system in which most is well, and something of every kind is not. */
export const sampleSnapshot: Snapshot = {
  at: sampleAt,
  nodes,
  lines,
  routes: [
    { ...figures, service: 'gateway', method: 'GET', route: '/blog' },
    { ...figures, service: 'blog', method: 'GET', route: '/list/latest' },
    {
      ...figures,
      service: 'blog',
      method: 'GET',
      route: '/editor/id/:id',
      perSec: 3.1,
      errorsPerSec: 1.2,
      p95Ms: 128,
      p99Ms: 410,
    },
    {
      ...figures,
      service: 'auth',
      method: 'POST',
      route: '/signin/basic',
      perSec: 0.05,
      p50Ms: 61,
      p95Ms: 88,
      p99Ms: 91,
    },
  ],
  endpoints: [
    { ...figures, service: 'auth', subject: 'auth.authentication', total: 18_230 },
    { ...figures, service: 'auth', subject: 'auth.authorization', total: 941, perSec: 0 },
  ],
  slow: [
    {
      id: '4bf92f3577b34da6a3ce929d0e0e4736',
      name: 'GET /blog/editor/id/:id',
      startedAt: sampleAt - 3_000,
      durationMs: 128.4,
      status: 503,
      spans,
    },
    {
      id: '00f067aa0ba902b7a3ce929d0e0e4736',
      name: 'POST /auth/signin/basic',
      startedAt: sampleAt - 9_000,
      durationMs: 210,
      status: 200,
      spans: spans.slice(0, 1),
    },
  ],
  events: [
    {
      sequence: 812,
      id: '0197f3a2-1',
      type: 'events.blog.blog.published',
      source: '/blog',
      time: new Date(sampleAt - 2_000).toISOString(),
      data: { id: '65f0c0ffee', title: '<b>Hello</b>' },
    },
    {
      sequence: 811,
      id: '0197f3a2-2',
      type: 'events.auth.user.registered',
      source: '/auth',
      time: new Date(sampleAt - 8_000).toISOString(),
      data: { id: 'b7e1' },
    },
  ],
  relays: [
    { service: 'auth', instance: 'auth-c1', waiting: 0, oldestSec: 0, published: 1_204 },
    { service: 'blog', instance: 'blog-d1', waiting: 3, oldestSec: 12, published: 88 },
  ],
  consumers: [{ name: 'blog-auth', service: 'blog', pending: 0, handled: 1_204, failed: 5, parked: 1 }],
  caches: [{ service: 'blog', name: 'blog', perSec: 151, hitRatio: 0.973 }],
  parked: [
    {
      sequence: 7,
      service: 'blog',
      consumer: 'blog-auth',
      type: 'events.auth.user.updated',
      reason: 'name is required',
      tries: 5,
      parkedAt: new Date(sampleAt - 60_000).toISOString(),
      data: '{\n  "id": "b7e1"\n}',
    },
  ],
  faults: ['Metrics of auth-c2 cannot be read.'],
};
