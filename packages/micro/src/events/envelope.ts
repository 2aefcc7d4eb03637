// An event as it crosses NATS: CloudEvents 1.0 in structured mode, JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
// and formats/json-format.md), with the distributed tracing extension. Attributes that are not named here are ignored, as
// the specification asks; those that are have to be right.
import type { EventRecord } from '@tsmicro/dependency';
import { compileParser, type Parser, parseJson, traceFrom } from '@tsmicro/network';
import { type Static, type TSchema, Type } from '@tsmicro/schema';
import { EventError } from '../errors.ts';
import type { EventDefinition } from './event.ts';

/** What every event is sent as. */
export const contentType = 'application/cloudevents+json';

const timeForm = '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:[Zz]|[+-]\\d{2}:\\d{2})$';

const attributes = {
  specversion: Type.Literal('1.0'),
  id: Type.String({
    format: 'uuid',
    description: 'The same event may come more than once, under the same id',
  }),
  source: Type.String({ minLength: 1, maxLength: 200, description: 'The service that tells of it' }),
  type: Type.String({ minLength: 1, maxLength: 200 }),
  subject: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'What it happened to; events of one subject keep their order',
  }),
  time: Type.String({ pattern: timeForm, maxLength: 64, examples: ['2030-01-31T12:00:00.000Z'] }),
  datacontenttype: Type.Optional(Type.String({ pattern: '^application/json *(?:;.*)?$' })),
  traceparent: Type.Optional(Type.String({ description: 'W3C trace context' })),
  tracestate: Type.Optional(Type.String({ description: 'W3C trace context, of vendors' })),
};

const Envelope = Type.Object({ ...attributes, data: Type.Unknown() });

/** The envelope of one kind of event, for readers of the contract. */
export const envelopeOf = ({ type, data }: EventDefinition): TSchema =>
  Type.Object({ ...attributes, type: Type.Literal(type), data });

/** The JSON of an event; `service` is who tells of it. */
export function writeEnvelope(event: EventRecord, service: string): string {
  const { id, type, entity, time, data, traceparent, tracestate } = event;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/${service}`,
    type,
    subject: entity,
    time,
    datacontenttype: 'application/json',
    traceparent,
    tracestate,
    data,
  });
}

// Most processes read no event.
let parser: Parser<Static<typeof Envelope>> | undefined;

function parse(bytes: Uint8Array): Static<typeof Envelope> {
  try {
    parser ??= compileParser(Envelope, { root: 'event' });
    return parser(parseJson(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventError(`no CloudEvent: ${reason}`, { cause });
  }
}

/** The event in a message that came on `subject`; its data are not looked into. @throws {EventError} saying what is wrong */
export function readEnvelope(bytes: Uint8Array, subject: string): EventRecord {
  const { id, type, subject: entity, time, data, traceparent, tracestate } = parse(bytes);
  if (type !== subject) throw new EventError(`an event of type "${type.slice(0, 100)}" on ${subject}`);
  if (Number.isNaN(Date.parse(time))) throw new EventError(`"${time}" is no time`);
  return { id: id.toLowerCase(), type, entity, time, data, ...traceFrom(traceparent, tracestate) };
}
