export type { EventBacklog, EventInbox, EventOutbox, EventRecord } from './event-record.ts';
export { type Fault, isFault } from './fault.ts';
export { type DependencyHealth, HealthRecord } from './health.ts';
export type { Logger } from './logger.ts';
export { type Operation, OperationChannel } from './operation.ts';
export { completePoolOptions, type PoolFigures, type PoolOptions } from './pool-options.ts';
export { type PauseGrowth, pauseMs, untilReady, type Wait } from './wait.ts';
