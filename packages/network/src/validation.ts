import type { Static, TSchema } from '@tsmicro/schema';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import fastJsonStringify from 'fast-json-stringify';
import { badRequest } from './errors.ts';
import { isDateTime, isEmail, isHttpUrl, isHttpUrlOrPath, isMongoId, isUuid } from './format.ts';
import { textKeywords } from './text-keyword.ts';
import { faultsFrom, setFormatMessage, type ValidationFault } from './validation-message.ts';

function createAjv(options: Options): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    // Schemas are built, not written by hand: compiling the schema of schemas would be the longest part of a start.
    meta: false,
    validateSchema: false,
    strict: false,
    verbose: true,
    useDefaults: true,
    // Unknown fields are ignored: they are taken out before anybody sees them.
    removeAdditional: 'all',
    formats: {
      email: isEmail,
      'date-time': isDateTime,
      uuid: isUuid,
      'mongo-id': isMongoId,
      'http-url': isHttpUrl,
      'http-url-or-path': isHttpUrlOrPath,
    },
    ...options,
  });
  for (const keyword of textKeywords) {
    ajv.removeKeyword(keyword.keyword);
    ajv.addKeyword(keyword);
  }
  return ajv;
}

const jsonAjv = createAjv({});
const textAjv = createAjv({ coerceTypes: true });

/** A format of a service's own: the check, and what to say after the field's name when it fails. */
export interface ValidationParser {
  format: string;
  check: (value: string) => boolean;
  /** As in "is not a valid ISBN". */
  message: string;
}

/** Makes a format known to every schema compiled after this. */
export function registerFormat({ format, check, message }: ValidationParser): void {
  for (const ajv of [jsonAjv, textAjv]) ajv.addFormat(format, check);
  setFormatMessage(format, message);
}

/** Checks a value in place (defaults set, unknown fields taken out) and lists what is wrong with it. */
export type Validator = (value: unknown) => readonly ValidationFault[];

/** How a validator reads its input, and what it calls the whole of it. */
export interface ValidatorOptions {
  /** Numbers and booleans come as text, as in a query string or an environment. @default false */
  fromText?: boolean;
  /** The name of the value itself in messages. @default 'body' */
  root?: string;
}

/** Each branch would take out the fields that only another one names: no input could ever pass. */
function refuseBranches(part: object): void {
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches: unknown = (part as Record<string, unknown>)[keyword];
    if (!Array.isArray(branches)) continue;
    if (branches.some((branch: { type?: unknown } | undefined) => branch?.type === 'object')) {
      throw new TypeError(
        `a schema for input cannot have objects in ${keyword}: write one object with all fields`,
      );
    }
  }
}

/** The schema as it is compiled: every text in it must be storable. */
function forInput(schema: TSchema): TSchema {
  return JSON.parse(JSON.stringify(schema), (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    refuseBranches(part);
    return 'type' in part && part.type === 'string' ? { ...part, isStorable: true } : part;
  }) as TSchema;
}

/**
 * Compiles a schema once. Every text in it must also be storable: no NUL, no broken surrogates.
 * @throws {TypeError} for a schema that puts objects together by allOf, anyOf or oneOf
 */
export function compileValidator(schema: TSchema, options: ValidatorOptions = {}): Validator {
  const root = options.root ?? 'body';
  const compiled: ValidateFunction = (options.fromText ? textAjv : jsonAjv).compile(forInput(schema));
  const order = Object.keys((schema as { properties?: object }).properties ?? {});
  const position = (fault: ValidationFault) => order.indexOf(/^[^.[]*/.exec(fault.field)?.[0] ?? '');
  return (value) => {
    if (compiled(value)) return [];
    return faultsFrom(compiled.errors ?? [], root).sort((a, b) => position(a) - position(b));
  };
}

/** A list of a million bad items is not answered with a million sentences. */
const maxFaults = 100;

/** The error that a list of faults amounts to: 400, the messages joined with ", ". */
export function validationError(faults: readonly ValidationFault[]) {
  const fields = faults.slice(0, maxFaults);
  return badRequest(fields.map((fault) => fault.message).join(', '), { fields });
}

/** Turns an unknown value into a typed one. @throws {ApiError} 400 that names every bad field. */
export type Parser<T> = (value: unknown) => T;

/** Compiles a schema into a parser; absent input counts as an empty object. */
export function compileParser<S extends TSchema>(schema: S, options?: ValidatorOptions): Parser<Static<S>> {
  const validate = compileValidator(schema, options);
  return (value) => {
    const given = value ?? {};
    const faults = validate(given);
    if (faults.length > 0) throw validationError(faults);
    return given as Static<S>;
  };
}

/** Compiles a schema into a writer of JSON that lets through only what the schema names. */
export function compileSerializer<S extends TSchema>(schema: S): (value: Static<S>) => string {
  return fastJsonStringify(JSON.parse(JSON.stringify(schema)), { ajv: { strict: false } });
}
