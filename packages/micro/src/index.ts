export { connectNats, NatsClient, type NatsOptions } from './client.ts';
export { Controller } from './controller.ts';
export {
  defineEndpoint,
  type Endpoint,
  type EndpointDefinition,
  type ReplyOf,
  type RequestOf,
} from './endpoint.ts';
export { NatsConfigError } from './errors.ts';
export { NatsGroup, type NatsHandler } from './group.ts';
export { errorToJson, jsonToMsg, msgToJson } from './message.ts';
export type { Module } from './module.ts';
export { type RequestOptions, requestNats, requestNatsRaw } from './request.ts';
export { respondNatsError, respondNatsMessage } from './respond.ts';
export { createRouter, type MicroRouterOptions, Router } from './router.ts';
