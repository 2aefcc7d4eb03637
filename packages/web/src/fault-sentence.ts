// The gateway's words about a bad field (docs: "X is required, X must be at least N characters") in those of a person who
// fills a form and knows its labels, not the names behind them.

/** What the gateway says of a field, after its name. */
const complaints: readonly [form: RegExp, words: (limit: string) => string][] = [
  [/^is required$/, () => 'is needed'],
  [/^is not a valid email$/, () => 'must be an email address, as in name@example.com'],
  [/^is not a valid URL$/, () => 'must be a web address, as in https://example.com/picture.png'],
  [/^must be at least (\d+) characters$/, (limit) => `must have at least ${characters(limit)}`],
  [/^must be at most (\d+) characters$/, (limit) => `can have at most ${characters(limit)}`],
  [/^must be min (-?[\d.]+)$/, (limit) => `must be ${limit} or more`],
  [/^must be max (-?[\d.]+)$/, (limit) => `must be ${limit} or less`],
  [/^must be uppercase$/, () => 'must be in capital letters'],
  [/^must be in the future$/, () => 'must be in the future'],
  [/^must be (?:a valid UUID|of length \d+)$/, () => 'is not valid'],
  [/^is invalid$/, () => 'is not valid'],
];

const form = /^(\w+)((?:\[\d+\]|\.\w+)*) (.+)$/;

const characters = (limit: string) => (limit === '1' ? '1 character' : `${limit} characters`);

/** A complaint about one field. */
export interface FieldFault {
  /** Its JSON name, without what stands inside of it. */
  readonly field: string;
  readonly words: string;
}

/** The fault that one sentence of the gateway names; undefined when it is about no field with a label. */
export function fieldFaultOf(
  sentence: string,
  labels: Readonly<Record<string, string>>,
): FieldFault | undefined {
  const [, field = '', inside = '', said = ''] = form.exec(sentence) ?? [];
  if (!Object.hasOwn(labels, field)) return undefined;
  for (const [complaint, words] of complaints) {
    const limit = complaint.exec(said);
    if (limit === null) continue;
    const position = /^\[(\d+)\]/.exec(inside)?.[1];
    const which = position === undefined ? '' : `, number ${Number(position) + 1},`;
    return { field, words: `${labels[field]}${which} ${words(limit[1] ?? '')}.` };
  }
  return undefined;
}
