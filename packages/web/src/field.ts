import type { FormFaults } from './form-faults.ts';
import { type Html, html, type Part } from './html.ts';

/** One field of a form. */
export interface FieldOptions {
  /** As it is sent, and as the gateway calls it. */
  name: string;
  label: string;
  /** @default 'text' */
  type?: 'text' | 'email' | 'password' | 'url' | 'search' | 'number' | 'date' | 'datetime-local';
  /** What stands in it; never shown again of a password. */
  value?: string | undefined;
  /** What helps to fill it in. */
  hint?: string;
  /** What is wrong with what stands in it. */
  fault?: string | undefined;
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  /** As in HTML: "email", "current-password". */
  autocomplete?: string;
  /** Makes it a text of several lines, this many high. */
  rows?: number;
  /** Where a page has several fields of one name. @default `field-` and the name */
  id?: string;
}

const attribute = (name: string, value: string | number | undefined): Part =>
  value !== undefined && html` ${name}="${value}"`;

/** Label, field, hint and fault, wired to each other for those who hear a page. */
export function field(options: FieldOptions): Html {
  const { name, label, type = 'text', value, hint, fault, required, rows } = options;
  const id = options.id ?? `field-${name}`;
  const [hintId, faultId] = [`${id}-hint`, `${id}-fault`];
  const described = [hint !== undefined && hintId, fault !== undefined && faultId].filter(
    (one) => one !== false,
  );
  const attributes = [
    html` id="${id}" name="${name}"`,
    required === true && html` required`,
    attribute('minlength', options.minLength),
    attribute('maxlength', options.maxLength),
    attribute('autocomplete', options.autocomplete),
    described.length > 0 && html` aria-describedby="${described.join(' ')}"`,
    fault !== undefined && html` aria-invalid="true"`,
  ];
  // A line end right behind the tag is taken out by parsers: this one is, and not the text's own.
  const control =
    rows === undefined
      ? html`<input type="${type}"${attributes}${type !== 'password' && attribute('value', value)}>`
      : html`<textarea rows="${rows}"${attributes}>
${value}</textarea>`;
  return html`<div class="field">
<label for="${id}">${label}${required !== true && html` <span class="optional">(optional)</span>`}</label>
${hint !== undefined && html`<p class="hint" id="${hintId}">${hint}</p>`}
${control}
${fault !== undefined && html`<p class="fault" id="${faultId}">${fault}</p>`}
</div>`;
}

/** What is wrong with a form as a whole, to stand above it. */
export function faultSummary(faults: FormFaults): Html {
  return html`${faults.general !== undefined && html`<p class="faults" role="alert">${faults.general}</p>`}`;
}
