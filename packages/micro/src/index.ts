export { type AsyncApiSource, toAsyncApi } from './asyncapi/document.ts';
export type { EventDescription } from './asyncapi/event-description.ts';
export { connectNats, NatsClient, type NatsOptions } from './client.ts';
export { Controller } from './controller.ts';
export type { ServiceInstance } from './discovery/service-instance.ts';
export { openServiceWatch, type ServiceWatch, type ServiceWatchOptions } from './discovery/service-watch.ts';
export {
  defineEndpoint,
  type Endpoint,
  type EndpointDefinition,
  type ReplyOf,
  type RequestOf,
} from './endpoint.ts';
export type { EndpointFigures, EndpointLimits, NatsHandler } from './endpoint-server.ts';
export { errorToJson } from './error-message.ts';
export { NatsConfigError } from './errors.ts';
export { NatsGroup } from './group.ts';
export { jsonToMsg, msgToJson } from './message.ts';
export type { Module } from './module.ts';
export { type RawReply, type RequestOptions, requestNats, requestNatsRaw } from './request.ts';
export type { RequestFigures } from './request-table.ts';
export { respondNatsError, respondNatsMessage } from './respond.ts';
export { createRouter, type MicroRouterOptions, Router } from './router.ts';
