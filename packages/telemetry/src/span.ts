// Operations as spans of OpenTelemetry, with the names and attributes of its semantic conventions
// (https://opentelemetry.io/docs/specs/semconv/). Messages of errors stay out: they are for the log.
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { isFault } from '@tsmicro/dependency';
import { type TraceContext, traceIdOf } from '@tsmicro/network';
import { channelOf, databases, type SeenOperation, traceOf } from './operation-kind.ts';

/** How the spans of one kind of operation begin. */
interface SpanShape {
  channel: string;
  kind: SpanKind;
  nameOf: (operation: SeenOperation) => string;
  attributesOf: (operation: SeenOperation) => Attributes;
  /** The attribute of the answer's status, and the least status that is this side's failure. */
  status?: { attribute: string; failsFrom: number };
}

/** What servers call a path that has no route. */
const unknownRoute = 'unknown';
const httpStatus = 'http.response.status_code';
const natsStatus = 'rpc.response.status_code';

const messaging = (operation: string) => ({
  nameOf: ({ name }: SeenOperation) => `${operation} ${name}`,
  attributesOf: ({ name }: SeenOperation) => ({
    'messaging.system': 'nats',
    'messaging.destination.name': name,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation === 'process' ? 'process' : 'send',
  }),
});

const shapes: readonly SpanShape[] = [
  {
    channel: 'http.server',
    kind: SpanKind.SERVER,
    nameOf: ({ method = 'HTTP', name }) => (name === unknownRoute ? method : `${method} ${name}`),
    attributesOf: ({ method = '', name }) => ({
      'http.request.method': method,
      ...(name === unknownRoute ? {} : { 'http.route': name }),
    }),
    status: { attribute: httpStatus, failsFrom: 500 },
  },
  {
    channel: 'http.client',
    kind: SpanKind.CLIENT,
    nameOf: ({ method = 'HTTP' }) => method,
    attributesOf: ({ method = '', name }) => ({ 'http.request.method': method, 'service.peer.name': name }),
    status: { attribute: httpStatus, failsFrom: 400 },
  },
  {
    channel: 'nats.server',
    kind: SpanKind.SERVER,
    ...messaging('process'),
    status: { attribute: natsStatus, failsFrom: 500 },
  },
  {
    channel: 'nats.client',
    kind: SpanKind.CLIENT,
    ...messaging('request'),
    status: { attribute: natsStatus, failsFrom: 400 },
  },
  ...Object.entries(databases).map(([channel, system]) => ({
    channel,
    kind: SpanKind.CLIENT,
    nameOf: ({ name }: SeenOperation) => name,
    attributesOf: ({ name }: SeenOperation) => ({ 'db.system.name': system, 'db.operation.name': name }),
  })),
];

/** The span that names this trace context, as the parent of others. */
function contextOf(parent: TraceContext | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceIdOf(parent.traceparent),
    spanId: parent.traceparent.slice(36, 52),
    traceFlags: Number.parseInt(parent.traceparent.slice(53, 55), 16) & 1,
    isRemote: true,
    ...(parent.tracestate === undefined ? {} : { traceState: new TraceState(parent.tracestate) }),
  });
}

/** Lets what is sent on name this span as its parent. */
function sendOn(operation: SeenOperation, span: Span, parent: TraceContext | undefined): void {
  operation.parent = parent?.traceparent ?? '';
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  operation.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  operation.tracestate = traceState?.serialize() || undefined;
}

function errorTypeOf({ error, status }: SeenOperation): string {
  if (isFault(error)) return error.fault;
  if (status !== undefined) return String(status);
  return error instanceof Error ? error.name : '_OTHER';
}

function conclude(span: Span, operation: SeenOperation, status: SpanShape['status']): void {
  if (status !== undefined && operation.status !== undefined) {
    span.setAttribute(status.attribute, operation.status);
  }
  const failed =
    status === undefined || operation.status === undefined
      ? operation.error !== undefined
      : operation.status >= status.failsFrom;
  if (failed) {
    span.setAttribute('error.type', errorTypeOf(operation));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(operation.startedAt + (operation.durationMs ?? 0));
}

/** Makes a span of every operation from now on. @returns what ends that */
export function traceOperations(tracer: Tracer): () => void {
  const spans = new WeakMap<SeenOperation, Span>();
  const ends = shapes.map(({ channel, kind, nameOf, attributesOf, status }) =>
    channelOf(channel).subscribe({
      onStart: (operation) => {
        const start = { kind, attributes: attributesOf(operation), startTime: operation.startedAt };
        const parent = traceOf(operation);
        const span = tracer.startSpan(nameOf(operation), start, contextOf(parent));
        spans.set(operation, span);
        sendOn(operation, span, parent);
      },
      onEnd: (operation) => {
        const span = spans.get(operation);
        if (span !== undefined) conclude(span, operation, status);
      },
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
