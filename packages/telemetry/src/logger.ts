import { currentContext, traceIdOf } from '@tsmicro/network';
import { type DestinationStream, type Logger, type LoggerOptions as PinoOptions, pino } from 'pino';
import { toErrorFields } from './error-fields.ts';
import { toLogFields } from './log-fields.ts';
import { maskLine } from './secret.ts';

/** How to log. */
export interface LoggerOptions {
  /** Stands in every line. */
  name: string;
  /** Of pino: fatal, error, warn, info, debug, trace or silent. */
  level: string;
  /** @default standard output */
  destination?: DestinationStream;
}

/** What the current request is known by, for lines that are written while it is worked on. */
function currentIds(_fields: object, _level: number, logger: Logger): object {
  const context = currentContext();
  if (context === undefined) return {};
  const { requestId, traceparent } = context;
  return {
    // A child logger may carry it already, and JSON would have it twice.
    ...('requestId' in logger.bindings() ? {} : { requestId }),
    ...(traceparent === undefined ? {} : { traceId: traceIdOf(traceparent) }),
  };
}

/**
 * A pino logger, JSON lines, that knows the current request and keeps secrets: passwords, tokens, keys, cookies,
 * hashes and the credentials of connection strings are masked, rows of a database are left out.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options: PinoOptions = {
    name,
    level,
    mixin: currentIds,
    formatters: { log: toLogFields },
    serializers: { err: (err: unknown) => (err instanceof Error ? toErrorFields(err) : err) },
    hooks: { streamWrite: maskLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
