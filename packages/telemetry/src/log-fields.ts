import { toErrorFields } from './error-fields.ts';
import { isSecretName, mask } from './secret.ts';

const maxDepth = 8;
const maxItems = 100;

/**
 * The fields of a log line as they may be written: secrets masked by their name at every depth, errors as
 * {@link toErrorFields} shows them, nothing without end.
 */
export function toLogFields(fields: object): Record<string, unknown> {
  return toPlain(fields, maxDepth);
}

function toPlain(fields: object, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    plain[name] = isSecretName(name) && value !== undefined ? mask : toValue(value, depth - 1);
  }
  return plain;
}

function toValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return toErrorFields(value);
  if (depth <= 0) return '...';
  if (Array.isArray(value)) return toItems(value, depth);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON();
    return json === value ? value.constructor.name : toValue(json, depth - 1);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // What is no plain object (a socket, a request) is named: its inside is nothing for a log.
  if (prototype !== Object.prototype && prototype !== null) return `[${value.constructor?.name ?? 'object'}]`;
  return toPlain(value, depth);
}

/** Of raw headers, where names and values take turns, the value after a secret's name is one. */
function toItems(items: readonly unknown[], depth: number): unknown[] {
  return items.slice(0, maxItems).map((item, index) => {
    const before = items[index - 1];
    const secret = typeof item === 'string' && typeof before === 'string' && isSecretName(before);
    return secret ? mask : toValue(item, depth - 1);
  });
}
