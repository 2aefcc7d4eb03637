// What crosses NATS: one JSON object, {"data":...} or {"error":"<status>:<message>"}, exactly one of the two.
import { badRequest, compileParser, compileSerializer, type Parser, parseJson } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import { errorFromText } from './error-message.ts';

const parsers = new WeakMap<TSchema, Parser<unknown>>();
const serializers = new WeakMap<TSchema, (value: unknown) => string>();

/** Compiled once, at the first use of the schema, or before by who wants no caller to wait for it. */
export function parserOf(schema: TSchema): Parser<unknown> {
  let parser = parsers.get(schema);
  if (parser === undefined) {
    parser = compileParser(schema, { root: 'data' });
    parsers.set(schema, parser);
  }
  return parser;
}

/** Compiled once, as {@link parserOf}. */
export function serializerOf(schema: TSchema): (value: unknown) => string {
  let serializer = serializers.get(schema);
  if (serializer === undefined) {
    serializer = compileSerializer(schema);
    serializers.set(schema, serializer);
  }
  return serializer;
}

/** The bytes of a message with `value`; fields that the schema does not name stay out. */
export function msgToJson<S extends TSchema>(schema: S, value: Static<S>): string {
  return `{"data":${serializerOf(schema)(value)}}`;
}

/** What a message carries, before its schema is asked. @throws {ApiError} 400 when it is neither data nor an error */
export function readMessage(bytes: Uint8Array): { data: unknown } | { error: string } {
  const message = parseJson(bytes);
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw badRequest('message must be an object with data or error');
  }
  const { data, error } = message as { data?: unknown; error?: unknown };
  if (error === undefined) {
    if (data === undefined) throw badRequest('data is required');
    return { data };
  }
  if (typeof error !== 'string' || data !== undefined) {
    throw badRequest('message must have either data or an error text');
  }
  return { error };
}

/** The typed data of a message. @throws {ApiError} 400 that names every bad field */
export function parseData<S extends TSchema>(schema: S, data: unknown): Static<S> {
  return parserOf(schema)(data) as Static<S>;
}

/**
 * The typed data of a message.
 * @throws {ApiError} the error that the message carries; 400 when it is malformed or breaks the schema
 */
export function jsonToMsg<S extends TSchema>(schema: S, bytes: Uint8Array): Static<S> {
  const message = readMessage(bytes);
  if ('error' in message) throw errorFromText(message.error);
  return parseData(schema, message.data);
}
