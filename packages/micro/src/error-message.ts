// How an error crosses NATS: its status and message in the body, `{"error":"404:..."}`, as goserve writes it; what that
// has no room for in headers, so that the error is the same on the far side. The first two headers are those of ADR-32.
import type { Msg } from '@nats-io/transport-node';
import { ApiError, internal, parseJson, type ValidationFault } from '@tsmicro/network';
import { encodeHeaders, type HeaderReader, type Headers, readHeaders } from './message-headers.ts';

const codeHeader = 'Nats-Service-Error-Code';
const messageHeader = 'Nats-Service-Error';
/** JSON: the fields that a validation complained about. */
const fieldsHeader = 'x-error-fields';
/** Seconds, as in HTTP: the same request may succeed after them. */
const retryHeader = 'retry-after';

const maxMessageLength = 512;
const maxFieldsLength = 8 * 1024;
const maxRetryAfterSec = 86_400;

/** An error as a message carries it: "404:user not found". */
export function errorToText(error: ApiError): string {
  return `${error.status}:${error.message}`;
}

/** The bytes of a message that carries an error. */
export function errorToJson(error: ApiError): string {
  return JSON.stringify({ error: errorToText(error) });
}

/** A header is one line of printable ASCII, which JSON can always be. */
function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As many of the fields as a header may hold. */
function fieldsToHeader(fields: readonly ValidationFault[]): string | undefined {
  for (let count = fields.length; count > 0; count = Math.floor(count / 2)) {
    const text = toAsciiJson(fields.slice(0, count));
    if (text.length <= maxFieldsLength) return text;
  }
  return undefined;
}

/** The headers of a message that carries an error. */
export function errorHeaders(error: ApiError): Headers {
  return encodeHeaders({
    [codeHeader]: String(error.status),
    [messageHeader]: error.message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, maxMessageLength),
    [fieldsHeader]: fieldsToHeader(error.fields),
    [retryHeader]: error.retryAfterSec === undefined ? undefined : String(error.retryAfterSec),
  });
}

function isFault(value: unknown): value is ValidationFault {
  const { field, message } = (value ?? {}) as Partial<Record<keyof ValidationFault, unknown>>;
  return typeof field === 'string' && typeof message === 'string';
}

function fieldsFrom(header: string | undefined): ValidationFault[] {
  if (header === undefined) return [];
  try {
    const value = parseJson(header);
    return Array.isArray(value)
      ? value.filter(isFault).map(({ field, message }) => ({ field, message }))
      : [];
  } catch {
    return [];
  }
}

function retryAfterFrom(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header), maxRetryAfterSec)
    : undefined;
}

const noHeaders: HeaderReader = () => undefined;

/** "404:user not found" becomes the ApiError that it was; any other text is a fault of the peer's. */
export function errorFromText(text: string, header: HeaderReader = noHeaders): ApiError {
  const [, status, message = ''] = /^([45]\d\d):(.*)$/s.exec(text) ?? [];
  if (status === undefined) return internal(new Error(`peer replied: ${text}`));
  const retryAfterSec = retryAfterFrom(header(retryHeader));
  return new ApiError(Number(status), message, {
    fields: fieldsFrom(header(fieldsHeader)),
    ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
  });
}

/** The error that a reply carries, with what its headers say of it. */
export function errorFromReply(text: string, reply: Msg): ApiError {
  return errorFromText(text, readHeaders(reply));
}
