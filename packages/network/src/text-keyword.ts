// What schemas may demand of texts, as code that is generated into each validator: called as functions these checks cost
// more than the rest of a validation.
import { _, type Code, type CodeKeywordDefinition, type KeywordCxt } from 'ajv';

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const isPair = (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
    if (isPair) count--;
  }
  return count;
}

function lengthKeyword(
  keyword: 'minLength' | 'maxLength',
  flaw: (units: Code, count: Code, limit: Code) => Code,
): CodeKeywordDefinition {
  return {
    keyword,
    type: 'string',
    schemaType: 'number',
    error: {
      message: keyword,
      params: ({ schema }) => _`{limit: ${schema}}`,
    },
    code(cxt: KeywordCxt) {
      const { gen, data, schema } = cxt;
      const count = _`${gen.scopeValue('func', { ref: codePoints })}(${data})`;
      cxt.fail(flaw(_`${data}.length`, count, _`${schema}`));
    },
  };
}

function textKeyword(keyword: string, flaw: (text: Code) => Code): CodeKeywordDefinition {
  return {
    keyword,
    type: 'string',
    schemaType: 'boolean',
    error: { message: keyword },
    code(cxt: KeywordCxt) {
      if (cxt.schema === true) cxt.fail(flaw(cxt.data));
    },
  };
}

/** The keywords; those of ajv with the same name are to be removed first. */
export const textKeywords: readonly (CodeKeywordDefinition & { keyword: string })[] = [
  // Code points are counted only where code units, of which each has one or two, leave a doubt.
  lengthKeyword('minLength', (units, count, limit) => _`${units} < ${limit} * 2 && ${count} < ${limit}`),
  lengthKeyword('maxLength', (units, count, limit) => _`${units} > ${limit} && ${count} > ${limit}`),
  textKeyword('notBlank', (text) => _`${text}.trim() === ""`),
  textKeyword('isUppercase', (text) => _`${text} !== ${text}.toUpperCase()`),
  // What no store can keep as it is: NUL characters, halves of surrogate pairs.
  textKeyword('isStorable', (text) => _`${text}.includes("\0") || !${text}.isWellFormed()`),
].map((definition) => ({ ...definition, keyword: String(definition.keyword) }));
