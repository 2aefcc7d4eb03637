export { type Fault, isFault } from './fault.ts';
export type { Logger } from './logger.ts';
export { completePoolOptions, type PoolOptions } from './pool-options.ts';
export { untilReady, type Wait } from './wait.ts';
