import { type Html, html, type Part } from '@tsmicro/web';
import type { Field } from '../reference/field.ts';

/** Which way the fields go: the reader sends them, or gets them. */
export type Way = 'sent' | 'got';

const pattern = /^(.*\bmatches )(.+)$/s;

/** A pattern reads better as code. */
function rule(text: string): Part {
  const [, before, code] = pattern.exec(text) ?? [];
  return code === undefined ? text : html`${before}<code>${code}</code>`;
}

function ruleList(rules: readonly string[]): Part {
  if (rules.length === 0) return undefined;
  return html` <span class="rules">${rules.map((text, i) => [i > 0 && ', ', rule(text)])}</span>`;
}

/** Of what comes, only that something may be missing is worth a word. */
function need(required: boolean, way: Way): Part {
  if (required) return way === 'sent' && html` <span class="need">required</span>`;
  return html` <span class="need optional">${way === 'sent' ? 'optional' : 'may be missing'}</span>`;
}

function fieldItem({ name, type, required, rules, description, fields }: Field, way: Way): Html {
  return html`<li><div class="field"><code class="name">${name}</code> <span class="type">${type}</span>${need(required, way)}${ruleList(rules)}</div>
${description !== '' && html`<p class="about">${description}</p>`}${fields.length > 0 && fieldList(fields, way)}</li>
`;
}

/** Fields with all that is inside them. */
export function fieldList(fields: readonly Field[], way: Way): Html {
  return html`<ul class="fields">${fields.map((field) => fieldItem(field, way))}</ul>`;
}

/** A value: what it is, and its fields. */
export function valueBlock(label: string, { type, rules, fields }: Field, way: Way): Html {
  return html`<h4>${label} <span class="type">${type}</span>${ruleList(rules)}</h4>
${fields.length > 0 && fieldList(fields, way)}`;
}
