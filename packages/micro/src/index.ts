export { type AsyncApiSource, toAsyncApi } from './asyncapi/document.ts';
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
export { EventError, NatsConfigError, NoResponderError } from './errors.ts';
export {
  type EventConsumer,
  type EventConsumerFigures,
  type EventConsumerOptions,
  openEventConsumer,
} from './events/consumer/consumer.ts';
export {
  listParkedEvents,
  type ParkedEvent,
  type ParkedQuery,
  sendParkedEventAgain,
} from './events/consumer/parked.ts';
export { createEvent, type DataOf, defineEvent, type EventDefinition } from './events/event.ts';
export { type EventContext, type EventHandler, onEvent, type ReceivedEvent } from './events/handler.ts';
export { type EventListener, type EventListenerOptions, hearEvents } from './events/listener.ts';
export {
  type ConsumerBacklog,
  listConsumerBacklogs,
  listLatestEvents,
  observeEvents,
  type PassingEvent,
} from './events/observer.ts';
export {
  type EventRelay,
  type EventRelayFigures,
  type EventRelayOptions,
  openEventRelay,
} from './events/relay/relay.ts';
export { NatsGroup } from './group.ts';
export { jsonToMsg, msgToJson } from './message.ts';
export type { Module } from './module.ts';
export {
  KeptAnswers,
  type KeptAnswersFigures,
  type KeptAnswersOptions,
  keepAnswers,
} from './notice/kept-answers.ts';
export { defineNotice, KeeperBeat, keeping, type Notice } from './notice/notice.ts';
export { NoticeTeller, openNoticeTeller } from './notice/teller.ts';
export { openPresence, type Presence, type PresenceOptions } from './presence.ts';
export { type RawReply, type RequestOptions, requestNats, requestNatsRaw } from './request.ts';
export type { RequestFigures } from './request-table.ts';
export { respondNatsError, respondNatsMessage } from './respond.ts';
export { createRouter, type MicroRouterOptions, Router } from './router.ts';
