/** HTML: what a template gives, and what another template takes as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text is escaped, HTML is taken as it is, absence is nothing. */
export type Part = Html | string | number | undefined | false | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return String(part).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Text that is HTML already, by the word of who made it: of a sanitiser, or of a writer of SVG. */
export function trusted(text: string): Html {
  return new Html(text);
}

const breaks = trusted('<wbr>');

/** A path or a subject, which may be broken after each of its parts. */
export function breakable(path: string): Part {
  return path.split(/(?<=[^/.][/.])/).map((part, i) => [i > 0 && breaks, part]);
}

/** A template of HTML in which every value is escaped. Attributes must stand in quotes. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(literals.reduce((text, literal, i) => text + textOf(parts[i - 1]) + literal));
}
