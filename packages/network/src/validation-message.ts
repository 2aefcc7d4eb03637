import type { ErrorObject } from 'ajv';

/** One bad field: its JSON name (`tags[0]` inside a list) and the whole sentence about it. */
export interface ValidationFault {
  field: string;
  message: string;
}

const formatMessages = new Map<string, string>([
  ['email', 'is not a valid email'],
  ['uuid', 'must be a valid UUID'],
  ['http-url', 'is not a valid URL'],
  ['http-url-or-path', 'is not a valid URL'],
]);

/** What to say of a value that breaks a format, after the field's name, as in "is not a valid ISBN". */
export function setFormatMessage(format: string, message: string): void {
  formatMessages.set(format, message);
}

/** "/tags/0/name" reads as "tags[0].name". */
function fieldName(pointer: string, missing?: string): string {
  const parts = pointer.split('/').slice(1);
  if (missing !== undefined) parts.push(missing);
  return parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : name ? `${name}.${part}` : part), '');
}

function complaint(error: ErrorObject): string {
  const limit = error.params.limit;
  switch (error.keyword) {
    case 'required':
    case 'notBlank':
      return 'is required';
    case 'minLength':
      return `must be at least ${limit} characters`;
    case 'maxLength':
      return `must be at most ${limit} characters`;
    case 'minimum':
      return `must be min ${limit}`;
    case 'maximum':
      return `must be max ${limit}`;
    case 'isUppercase':
      return 'must be uppercase';
    case 'format':
      if (error.params.format === 'mongo-id') {
        return typeof error.data === 'string' && error.data.length === 24
          ? 'is invalid'
          : 'must be of length 24';
      }
      return formatMessages.get(error.params.format) ?? 'is invalid';
    default:
      return 'is invalid';
  }
}

/** Absence says more than any other complaint about the same field. */
const isAbsence = (error: ErrorObject) => error.keyword === 'required' || error.keyword === 'notBlank';

/** One fault for each bad field, in the words of the contract. `root` names the whole value. */
export function faultsFrom(errors: readonly ErrorObject[], root: string): ValidationFault[] {
  const byField = new Map<string, ErrorObject>();
  for (const error of errors) {
    const field = fieldName(error.instancePath, error.params.missingProperty) || root;
    const known = byField.get(field);
    if (known === undefined || (isAbsence(error) && !isAbsence(known))) byField.set(field, error);
  }
  return Array.from(byField, ([field, error]) => ({ field, message: `${field} ${complaint(error)}` }));
}
