/**
 * Refuses a filter in which a field has no value: the driver would leave the field out, and a filter that was
 * meant to find one document would match them all.
 */
export function assertFilter(filter: object): void {
  for (const [field, value] of Object.entries(filter)) {
    if (value === undefined) throw new TypeError(`the filter's field ${field} has no value`);
    if (Array.isArray(value)) {
      for (const item of value) if (isPlain(item)) assertFilter(item);
    } else if (isPlain(value)) {
      assertFilter(value);
    }
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
