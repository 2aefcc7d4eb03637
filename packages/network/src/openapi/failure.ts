import { STATUS_CODES } from 'node:http';
import type { RouteDescription } from '../route-description.ts';
import type { JsonObject } from './schema-book.ts';

/** What a status means wherever it follows from the shape of a route. */
const usual: Readonly<Record<number, string>> = {
  400: 'The input is malformed or breaks its schema; the message names every bad field',
  401: 'The bearer token is missing, malformed, expired or revoked',
  403: 'None of the roles is held',
  413: 'The body is larger than 1 MiB',
  414: 'The URL is longer than 8 KiB',
  415: 'The body is declared as something else than JSON',
  500: 'A fault of the service; its cause is logged under the request id',
  503: 'A dependency is away, or the service sheds load',
  504: 'The deadline passed',
};
const withRetryAfter = new Set([429, 503]);

/** The envelope of every failure. */
export const failureSchema: JsonObject = {
  title: 'Failure',
  type: 'object',
  required: ['code', 'status', 'message', 'requestId'],
  properties: {
    code: { const: '10001' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status' },
    message: { type: 'string' },
    data: { description: 'What a failure says besides its message; most say nothing' },
    requestId: { type: 'string', description: 'The id under which the service has logged the cause' },
  },
};

/** The headers that answers share. */
export const headerComponents: JsonObject = {
  RequestId: {
    description: 'Names the request in every log; taken over from the request where it has an acceptable one',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,128}$' },
  },
  RetryAfter: {
    description: 'Seconds after which to try again',
    required: true,
    schema: { type: 'integer', minimum: 0 },
  },
};

/** The headers of an answer with this status. */
export function headersOf(status: number): JsonObject {
  return {
    'x-request-id': { $ref: '#/components/headers/RequestId' },
    ...(withRetryAfter.has(status) ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {}),
  };
}

/** The statuses that follow from the shape of a route. */
function statusesOf({ params, query, body, security }: RouteDescription): number[] {
  return [
    ...(params || query || body ? [400] : []),
    ...(security ? [401] : []),
    ...(security && security.roles.length > 0 ? [403] : []),
    ...(body ? [413, 415] : []),
    ...(params || query ? [414] : []),
    500,
    503,
    504,
  ];
}

/** The failures of a route by status, each with what it means there; `usual` says that it means the same elsewhere. */
export function failuresOf(
  route: RouteDescription,
): { status: number; description: string; usual: boolean }[] {
  const implied = new Set(statusesOf(route));
  const statuses = new Set([...implied, ...Object.keys(route.errors).map(Number)]);
  return Array.from(statuses, (status) => {
    const own = route.errors[status];
    const shared = implied.has(status) ? usual[status] : undefined;
    const description = [shared, own].filter((part) => part !== undefined).join('. Or: ');
    return { status, description, usual: own === undefined };
  }).sort((a, b) => a.status - b.status);
}

/** The answer with this status, in the failure envelope. */
export function failureResponse(status: number, description: string, failure: JsonObject): JsonObject {
  return { description, headers: headersOf(status), content: { 'application/json': { schema: failure } } };
}

/** `ServiceUnavailable` for 503: where the answer that all routes share stands. */
export const responseName = (status: number) =>
  (STATUS_CODES[status] ?? `Status ${status}`).replaceAll(/[^A-Za-z0-9]/g, '');
