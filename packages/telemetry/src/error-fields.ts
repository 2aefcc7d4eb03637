/** The properties of errors that are worth a line and never hold what somebody stored or sent. */
const shown = [
  'code',
  'fault',
  'status',
  'severity',
  'constraint',
  'table',
  'errno',
  'syscall',
  'address',
  'port',
];
const maxCauses = 4;

/**
 * An error as a log may show it: type, message, stack, cause and such properties as are known to be harmless.
 * Whatever else an error carries stays out: PostgreSQL's `detail` and `where` quote whole rows.
 */
export function toErrorFields(error: Error, causes = maxCauses): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    type: error.constructor.name === 'Error' ? error.name : error.constructor.name,
    message: error.message,
    stack: error.stack,
  };
  for (const name of shown) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  if (causes > 0 && error.cause !== undefined) {
    fields.cause = error.cause instanceof Error ? toErrorFields(error.cause, causes - 1) : typeof error.cause;
  }
  if (causes > 0 && error instanceof AggregateError) {
    const parts = error.errors.slice(0, maxCauses).filter((part) => part instanceof Error);
    fields.errors = parts.map((part) => toErrorFields(part, causes - 1));
  }
  return fields;
}
