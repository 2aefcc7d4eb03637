export { type DependencyFigures, showDependencies } from './dependency-metrics.ts';
export { createLogger, type LoggerOptions } from './logger.ts';
export { type CollectedMetric, Metrics, type Sample } from './metrics.ts';
export { Sight, type SightLease, type SlowRequest } from './sight/sight.ts';
export type { SeenSpan } from './sight/span-ring.ts';
export { Tally } from './tally.ts';
export { openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';
