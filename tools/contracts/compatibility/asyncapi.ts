import { type Change, type Json, listAt, objectAt, resolved } from './change.ts';
import { compareSchemas, type Direction, type Documents } from './schema.ts';

/** Messages by the name under which their channel has them. */
type Messages = ReadonlyMap<string, Json>;

/** One operation: what comes in or goes out on its subject, and what replies. */
interface Operation {
  readonly subject: string;
  readonly action: string;
  readonly messages: Messages;
  readonly replies: Messages;
}

function messagesOf(list: unknown, document: Json): Messages {
  return new Map(
    listAt(list).map((reference) => {
      const name = String(objectAt(reference).$ref).split('/').at(-1) ?? '';
      return [name, resolved(reference, document)];
    }),
  );
}

function operationsOf(document: Json): Map<string, Operation> {
  const operations = Object.values(objectAt(document.operations)).map((value): Operation => {
    const { action, channel, messages, reply } = objectAt(value);
    return {
      action: String(action),
      subject: String(resolved(channel, document).address),
      messages: messagesOf(messages, document),
      replies: messagesOf(objectAt(reply).messages, document),
    };
  });
  return new Map(operations.map((operation) => [`${operation.action} ${operation.subject}`, operation]));
}

function compareMessage(
  where: string,
  name: string,
  [old, next]: [Json, Json],
  direction: Direction,
  documents: Documents,
): Change[] {
  const changes: Change[] = [];
  if (old.contentType !== next.contentType) {
    changes.push({
      breaking: true,
      where,
      what: `${name} is ${next.contentType} instead of ${old.contentType}`,
    });
  }
  const compare = (part: string, called: string) =>
    compareSchemas(old[part] ?? true, next[part] ?? true, { where, name: called, direction }, documents);
  return [...changes, ...compare('payload', name), ...compare('headers', `${name} header`)];
}

function compareMessages(
  where: string,
  old: Messages,
  next: Messages,
  direction: Direction,
  documents: Documents,
): Change[] {
  const changes = Array.from(old, ([name, message]) => {
    const other = next.get(name);
    if (other !== undefined) return compareMessage(where, name, [message, other], direction, documents);
    return [{ breaking: true, where, what: `${name} is ${direction} no more` }];
  }).flat();
  for (const name of next.keys()) {
    // Whoever asks must be ready for an error; for another kind of message nobody is.
    const breaking = direction === 'given' && !/^error\d/.test(name);
    if (!old.has(name)) changes.push({ breaking, where, what: `${name} may be ${direction} now` });
  }
  return changes;
}

/** What changed from one AsyncAPI document to another. */
export function compareAsyncApi(old: Json, next: Json): Change[] {
  const documents = { old, new: next };
  const [before, after] = [operationsOf(old), operationsOf(next)];
  const changes = Array.from(before, ([key, { subject, action, messages, replies }]) => {
    const other = after.get(key);
    // An event that nobody here wants any more is missed by nobody.
    const heard = action !== 'send' && replies.size === 0;
    const gone = heard ? 'heard of' : action === 'send' ? 'told' : 'answered';
    if (other === undefined) return [{ breaking: !heard, where: subject, what: `is ${gone} no more` }];
    const direction = action === 'send' ? 'given' : 'taken';
    return [
      ...compareMessages(subject, messages, other.messages, direction, documents),
      ...compareMessages(subject, replies, other.replies, 'given', documents),
    ];
  }).flat();
  for (const [key, { subject }] of after) {
    if (!before.has(key)) changes.push({ breaking: false, where: subject, what: 'is new' });
  }
  return changes;
}
