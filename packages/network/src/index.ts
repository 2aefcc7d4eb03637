export { Admission } from './admission.ts';
export { readBytes } from './body.ts';
export { clientAddressOf, clientOf } from './client.ts';
export { ConfigError, parseConfig } from './config.ts';
export { Controller, type GuardProviders } from './controller.ts';
export { Deadlines, type Timed } from './deadlines.ts';
export { failureBytes, maxUrlLength } from './edge-failure.ts';
export { createEntityTag, hasEntityTag } from './entity-tag.ts';
export { type Envelope, failureEnvelope, JsonData, Reply, reply, successEnvelope } from './envelope.ts';
export {
  ApiError,
  type ApiErrorOptions,
  badRequest,
  forbidden,
  internal,
  notFound,
  timedOut,
  toApiError,
  tooManyRequests,
  unauthorized,
  unavailable,
} from './errors.ts';
export { Exchange, type ExchangeLog, type Found, type HttpLogger } from './exchange.ts';
export { FaultLog } from './fault-log.ts';
export type {
  AuthenticationProvider,
  AuthorizationProvider,
  Guard,
  HttpRequest,
  RootMiddleware,
} from './guard.ts';
export { Headroom, type HeadroomOptions } from './headroom.ts';
export { parseJson } from './json.ts';
export { type ListenOptions, listen } from './listen.ts';
export type { Module } from './module.ts';
export { type OpenApiSource, toOpenApi } from './openapi/document.ts';
export { type Direction, type JsonObject, SchemaBook } from './openapi/schema-book.ts';
export { serveDocument } from './openapi/served-document.ts';
export { beginServing, endServing, type ServedOperation } from './operation.ts';
export { type RefusableRequest, type RefusableResponse, Refusals } from './refusals.ts';
export {
  type ContextKey,
  createContextKey,
  createRequestId,
  currentContext,
  RequestContext,
  type RequestOrigin,
  requestIdFrom,
  runInContext,
  timeLeftMs,
  timeoutFrom,
} from './request-context.ts';
export { demanding, type GuardDemand, type RouteDescription } from './route-description.ts';
export { type CloseOptions, createRouter, Router, type RouterOptions } from './router.ts';
export {
  type Method,
  type Mount,
  type Route,
  type RouteHandler,
  type RouteRequest,
  Routes,
  type RouteTarget,
} from './routes.ts';
export { createServerEdge, type EdgeOptions, type ServerEdge } from './server-edge.ts';
export { createTraceparent, type TraceContext, traceFrom, traceIdOf } from './trace-context.ts';
export {
  compileParser,
  compileSerializer,
  compileValidator,
  type Parser,
  registerFormat,
  type ValidationParser,
  type Validator,
  validationError,
} from './validation.ts';
export type { ValidationFault } from './validation-message.ts';
