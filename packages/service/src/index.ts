export type { ServedEvents, ShownConsumer } from './events.ts';
export { gatewayVariables, refuseSeedKey } from './gateway-client.ts';
export { HealthController } from './health/controller.ts';
export { Health, ReadinessReport } from './health/dto.ts';
export { type Dependency, Readiness } from './health/readiness.ts';
export type { ShownKept } from './kept.ts';
export { natsOptions, redisOptions } from './options.ts';
export { type Opening, type RunningService, runService, type ServiceDefinition } from './run.ts';
export { type ServedModule, serve } from './serve.ts';
export {
  CollectMessage,
  SightLeaseMessage,
  SlowRequestMessage,
  SpansMessage,
  sightSubject,
} from './sight/message.ts';
export { openSightPost, type SightPost } from './sight/post.ts';
export {
  natsVariables,
  poolVariables,
  processVariables,
  redisVariables,
  serverVariables,
  variable,
} from './variables.ts';
