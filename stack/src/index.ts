export { gatewayNodeArguments } from './discovery/discover.ts';
export { type EventStreams, type Hearer, makeEventStreams } from './servers/event-streams.ts';
export { startMongo } from './servers/mongo.ts';
export { startNats } from './servers/nats.ts';
export { findPort } from './servers/port.ts';
export { type PostgresOptions, startPostgres } from './servers/postgres.ts';
export { startRedis } from './servers/redis.ts';
export type { Server, ServerOptions } from './servers/server.ts';
