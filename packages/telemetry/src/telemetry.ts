import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tsmicro/dependency';
import type { ListenOptions } from '@tsmicro/network';
import { Metrics } from './metrics.ts';
import { openMetricsServer } from './metrics-server.ts';
import { Sight } from './sight/sight.ts';
import type { TracedProcess } from './tracing.ts';

/** Whose telemetry it is, and where it goes. */
export interface TelemetryOptions extends TracedProcess {
  metrics: ListenOptions;
  /** The process' environment; tracing is on when it names an OTLP endpoint. */
  environment: Readonly<Record<string, string | undefined>>;
  logger: Logger;
}

/** What shows the inside of a process. */
export interface Telemetry {
  readonly metrics: Metrics;
  /** Where they are to be had, as in `http://127.0.0.1:9101/metrics`. */
  readonly metricsUrl: string;
  readonly tracing: boolean;
  /** What somebody may look at for a while. */
  readonly sight: Sight;
  /** Sends the last spans for at most a second; after everything else has ended. */
  close(): Promise<void>;
}

const closeDeadlineMs = 1_000;

function wantsTracing(environment: TelemetryOptions['environment']): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SDK_DISABLED } = environment;
  const named = OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  return Boolean(named) && OTEL_SDK_DISABLED?.toLowerCase() !== 'true';
}

/**
 * Opens the metrics of a process, and its traces where they are wanted.
 * @throws {ConfigError} when the port of the metrics is not to be had
 */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { logger, environment } = options;
  const metrics = new Metrics();
  const server = await openMetricsServer(metrics, options.metrics, logger).catch((error: unknown) => {
    metrics.close();
    throw error;
  });
  const tracing = wantsTracing(environment);
  const endTracing = tracing ? (await import('./tracing.ts')).startTracing(options, logger) : async () => {};
  const sight = new Sight();
  const end = async () => {
    sight.close();
    await Promise.race([
      endTracing().catch(() => undefined),
      sleep(closeDeadlineMs, undefined, { ref: false }),
    ]);
    await server.close();
    metrics.close();
  };
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= end();
    return closing;
  };
  return { metrics, metricsUrl: server.url, tracing, sight, close };
}
