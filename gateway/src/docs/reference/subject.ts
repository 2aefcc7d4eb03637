import { exampleOf } from './example.ts';
import { type Field, toField } from './field.ts';
import { type Json, listAt, objectAt, resolved, textAt } from './json.ts';
import type { Failure } from './operation.ts';

/** A subject of NATS as the reference shows it: a question that the service answers, or an event that it tells. */
export interface Subject {
  readonly kind: 'endpoint' | 'event';
  readonly subject: string;
  readonly summary: string;
  /** The data of the question, or of the event. */
  readonly data: Field;
  /** The data of the reply; undefined for an event. */
  readonly reply: Field | undefined;
  readonly failures: readonly Failure[];
  /** A message that fits. */
  readonly example: unknown;
}

const dataOf = (message: Json, document: Json) =>
  objectAt(resolved(message.payload, document).properties).data ?? {};

function subjectOf(operation: Json, document: Json): Subject {
  const { action, channel, summary, messages, reply } = operation;
  const message = resolved(listAt(messages)[0], document);
  const replies = listAt(objectAt(reply).messages).map((reference) => resolved(reference, document));
  const errors = replies.filter(({ name }) => /^Error\d{3}$/.test(textAt(name)));
  const answer = replies.find((one) => !errors.includes(one));
  return {
    kind: action === 'send' ? 'event' : 'endpoint',
    subject: textAt(resolved(channel, document).address),
    summary: textAt(summary),
    data: toField(dataOf(message, document), document),
    reply: answer && toField(dataOf(answer, document), document),
    failures: errors.map((error) => ({
      status: textAt(error.name).slice('Error'.length),
      meaning: textAt(error.summary),
    })),
    example: exampleOf(message.payload, document),
  };
}

/** The subjects of an AsyncAPI document, endpoints before events. */
export function subjectsOf(document: Json): Subject[] {
  const subjects = Object.values(objectAt(document.operations)).map((operation) =>
    subjectOf(objectAt(operation), document),
  );
  return subjects.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'endpoint' ? -1 : 1));
}
