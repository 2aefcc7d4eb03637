import { createRouter, type Module, type NatsClient, type Router } from '@tsmicro/micro';
import type { ValidationParser } from '@tsmicro/network';
import { type Metrics, showDependencies } from '@tsmicro/telemetry';
import { type ServedEvents, showEvents } from './events.ts';
import type { Readiness } from './health/readiness.ts';
import { type ShownKept, showKept } from './kept.ts';
import type { Opening, RunningService } from './run.ts';
import { openSightPost } from './sight/post.ts';

/** What is mounted, on what, and where it listens. */
export interface ServedModule {
  module: Module<unknown>;
  natsClient: NatsClient;
  readiness: Readiness;
  config: { SERVER_HOST: string; SERVER_PORT: number; ADVERTISED_HOST?: string };
  /** One line about the service, shown by discovery. */
  description: string;
  /** Formats that the schemas of this service know besides the framework's. */
  validationParsers?: readonly ValidationParser[];
  /** @default none */
  events?: ServedEvents;
  /** Kept answers of other services, for its metrics. @default none */
  kept?: ShownKept;
  /** What it is to those who look at the system: a site shows pages to people. @default 'service' */
  kind?: 'service' | 'site';
  /** Mounts what is no JSON in the envelope, such as pages. */
  mount?(router: Pick<Router, 'mount' | 'mountFallback'>): void;
}

/** Long enough for the gateway to let go of its connections, short of what a person notices. */
const lingerMs = 1_000;
const closeDeadlineMs = 8_000;

function showEndpoints(metrics: Metrics, router: ReturnType<typeof createRouter>): void {
  metrics.collect(
    {
      name: 'nats_endpoint_requests',
      help: 'Requests at a NATS endpoint, by what they do',
      labels: ['subject', 'state'],
    },
    () =>
      router.figures.flatMap(({ subject, running, waiting }) => [
        { labels: { subject, state: 'running' }, value: running },
        { labels: { subject, state: 'waiting' }, value: waiting },
      ]),
  );
  metrics.collect(
    {
      name: 'nats_endpoint_requests_shed_total',
      help: 'Requests that an endpoint refused, dropped because their time was over, or gave up at their deadline',
      type: 'counter',
      labels: ['subject', 'reason'],
    },
    () =>
      router.figures.flatMap(({ subject, refused, expired, overdue }) => [
        { labels: { subject, reason: 'refused' }, value: refused },
        { labels: { subject, reason: 'expired' }, value: expired },
        { labels: { subject, reason: 'overdue' }, value: overdue },
      ]),
  );
}

/**
 * Mounts a module and listens on HTTP and NATS; the last step of opening a service. `opened` holds what the module is
 * built on and is taken over: closing leaves the queue groups, ends what runs, then closes that in reverse.
 */
export async function serve(
  opened: AsyncDisposableStack,
  {
    module,
    natsClient,
    readiness,
    config,
    description,
    validationParsers = [],
    events = {},
    kept,
    kind = 'service',
    mount,
  }: ServedModule,
  { logger, metrics, metricsUrl, sight, signal, beforeListening }: Opening,
): Promise<RunningService> {
  const router = createRouter({ natsClient, logger, description, metadata: { kind } });
  if (metrics !== undefined) {
    showDependencies(metrics, readiness.dependencies);
    showEndpoints(metrics, router);
    if (kept !== undefined) showKept(metrics, kept);
  }
  if (sight !== undefined) opened.adopt(openSightPost(natsClient, sight), (post) => post.close());
  showEvents(events, router, metrics);
  opened.defer(() => router.close({ lingerMs, deadlineMs: closeDeadlineMs }));
  router.loadRootMiddlewares(module.rootMiddlewares());
  router.registerValidationParsers(validationParsers);
  router.loadControllers(module.controllers());
  mount?.(router);
  beforeListening?.();
  const address = await router.start({
    host: config.SERVER_HOST,
    port: config.SERVER_PORT,
    advertisedHost: config.ADVERTISED_HOST,
    metricsUrl,
  });
  signal?.throwIfAborted();
  const held = opened.move();
  let closing: Promise<void> | undefined;
  const close = () => {
    readiness.stop();
    closing ??= held.disposeAsync();
    return closing;
  };
  return { address, close, [Symbol.asyncDispose]: close };
}
