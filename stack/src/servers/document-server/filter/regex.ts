import type { BSONRegExp } from 'bson';
import { CommandError } from '../errors.ts';

/** What PCRE knows and JavaScript lacks or reads otherwise: refused, lest it match something else. */
const foreign = /\[\[:|\(\?(?:>|#|\(|R|P|&|\||[+-]?\d)|\\[AZzGhHRKQEXNC]|[*+?}]\+|\(\*/;
const leadingOptions = /^\(\?([imsx]+)\)/;

/** A JavaScript expression that matches what MongoDB's would. Throws for what cannot be carried over. */
export function toRegExp(pattern: string, options: string): RegExp {
  const leading = leadingOptions.exec(pattern);
  const flags = new Set([...options, ...(leading?.[1] ?? '')]);
  const source = leading === null ? pattern : pattern.slice(leading[0].length);
  for (const flag of flags) {
    if (!'imsxu'.includes(flag)) throw new CommandError('BadValue', `invalid flag in regex options: ${flag}`);
  }
  if (flags.has('x') || foreign.test(source)) {
    throw new CommandError('NotImplemented', `this server cannot match the regular expression: ${pattern}`);
  }
  const kept = [...flags].filter((flag) => 'ims'.includes(flag)).join('');
  try {
    return new RegExp(source, `${kept}u`);
  } catch {
    return toLooseRegExp(source, kept);
  }
}

/** Without `u` JavaScript forgives needless backslashes, as PCRE does. */
function toLooseRegExp(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('Location51091', `Regular expression is invalid: ${reason}`);
  }
}

/** The expression behind a BSON regular expression. */
export function fromBsonRegExp(value: BSONRegExp): RegExp {
  return toRegExp(value.pattern, value.options);
}
