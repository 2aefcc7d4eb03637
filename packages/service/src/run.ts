import { ConfigError } from '@tsmicro/network';
import { createLogger, type Metrics, openTelemetry, type Sight, type Telemetry } from '@tsmicro/telemetry';
import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import { releaseStartupMemory } from './memory.ts';

/** What a service is opened with. */
export interface Opening {
  logger: Logger;
  /** Where it shows its figures, when anybody looks. */
  metrics?: Metrics;
  /** Where these are to be had, for discovery. */
  metricsUrl?: string;
  /** What it remembers of its requests while somebody looks. */
  sight?: Sight;
  /** Ends the wait for what is not there yet. */
  signal?: AbortSignal;
  /** To be called when all is loaded and open, before the first request may come. */
  beforeListening?: () => void;
}

/** A service that answers. */
export interface RunningService extends AsyncDisposable {
  /** As in `http://127.0.0.1:8001`. */
  readonly address: string;
  /** Ends what runs, then closes everything in reverse order. Safe to call twice. */
  close(): Promise<void>;
  /** Reads its configuration again, at SIGHUP; a service without it ends at that signal as at SIGTERM. */
  reload?(): Promise<void>;
}

/** The variables that running a process needs; see `processVariables`. */
export interface ProcessConfig {
  LOG_LEVEL: string;
  METRICS_HOST: string;
  METRICS_PORT: number;
  NATS_SERVICE_VERSION?: string;
}

/** A service, for {@link runService}. */
export interface ServiceDefinition<C extends ProcessConfig> {
  /** In the log, and as `service.name` of its traces. */
  name: string;
  /** @throws {ConfigError} naming every variable that is missing or wrong */
  readConfig(environment: Readonly<Record<string, string | undefined>>): C;
  /** @throws for what has to be put right before a start: an error that {@link isComplaint} knows */
  open(config: C, opening: Opening): Promise<RunningService>;
  /** Whether the message of an error says all that an operator needs. @default those of ConfigError */
  isComplaint?(error: unknown): boolean;
}

/** Below the 10 s after which whoever stops services kills them. */
const closeDeadlineMs = 9_500;

/**
 * The life of a service's process: reads the configuration, opens telemetry, then the service; at SIGTERM, SIGINT or an
 * error that nobody caught closes the service and, last, the telemetry. Exit code 1 when it could not start or ended by
 * an error; what an operator can put right is one message on standard error, without a stack.
 */
export async function runService<C extends ProcessConfig>(
  host: NodeJS.Process,
  { name, readConfig, open, isComplaint = () => false }: ServiceDefinition<C>,
): Promise<void> {
  const fail = (error: unknown, logger?: Logger): never => {
    if (error instanceof ConfigError || isComplaint(error) || logger === undefined) {
      host.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    } else logger.fatal({ err: error }, `${name} could not start`);
    return host.exit(1);
  };
  let config: C;
  try {
    config = readConfig(host.env);
  } catch (error) {
    return fail(error);
  }
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const stopping = new AbortController();
  const telemetry = openTelemetry({
    name,
    version: config.NATS_SERVICE_VERSION ?? '',
    metrics: { host: config.METRICS_HOST, port: config.METRICS_PORT },
    environment: host.env,
    logger,
  });
  const { signal } = stopping;
  const service = telemetry.then(({ metrics, metricsUrl, sight }) =>
    open(config, { logger, metrics, metricsUrl, sight, signal, beforeListening: releaseStartupMemory }),
  );
  host.on('SIGHUP', () => void reload(host, service));
  closeWithGrace(
    { delay: closeDeadlineMs, logger: false, skip: ['SIGHUP'] },
    async ({ err, signal: reason }) => {
      if (err) logger.fatal({ err }, `${name} ends by an error`);
      else logger.info({ signal: reason }, `${name} stops`);
      stopping.abort();
      await closeIfOpen(service);
      await closeIfOpen(telemetry);
    },
  );
  try {
    const { address } = await service;
    const { metricsUrl, tracing } = await telemetry;
    logger.info({ address, metrics: metricsUrl, tracing }, `${name} is ready`);
  } catch (error) {
    if (!signal.aborted) fail(error, logger);
  }
}

/** One that cannot read its configuration again ends politely. */
async function reload(host: NodeJS.Process, opening: Promise<RunningService>): Promise<void> {
  const service = await opening.catch(() => undefined);
  if (service?.reload === undefined) host.kill(host.pid, 'SIGTERM');
  else await service.reload();
}

/** Closes what was opened; what failed to open closed itself. */
async function closeIfOpen(opening: Promise<RunningService | Telemetry>): Promise<void> {
  const opened = await opening.catch(() => undefined);
  await opened?.close();
}
