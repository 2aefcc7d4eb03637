import type { Operation } from './operation.ts';
import type { Subject } from './subject.ts';

/** JSON over several lines, which stand below the first one. */
const indented = (value: unknown) => JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');

/** In single quotes, as a shell takes it. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command for curl that calls an operation of the gateway at `origin`. */
export function curlOf({ method, needsApiKey, needsToken, example }: Operation, origin: string): string {
  const url = origin + example.path;
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${/^[\w:/.-]+$/.test(url) ? url : quoted(url)}`,
    ...(needsApiKey ? [`-H ${quoted('x-api-key: YOUR_API_KEY')}`] : []),
    ...(needsToken ? [`-H ${quoted('authorization: Bearer YOUR_ACCESS_TOKEN')}`] : []),
    ...(example.body === undefined
      ? []
      : [`-H ${quoted('content-type: application/json')}`, `-d ${quoted(indented(example.body))}`]),
  ].join(' \\\n  ');
}

/** A command for the tool `nats` that asks an endpoint, or listens to an event. */
export function natsOf({ kind, subject, example }: Subject): string {
  return kind === 'event'
    ? `nats subscribe ${subject}`
    : `nats request ${subject} ${quoted(indented(example))}`;
}
