import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { TextSpec } from '../text/score.ts';
import { parseLanguage } from '../text/token.ts';

const maxWeight = 99_999;

/** Reads the text part of an index definition, as a client gives it or as `listIndexes` shows it. */
export function parseTextSpec(given: Doc, key: Doc): TextSpec {
  const weights = new Map<string, number>();
  for (const [path, value] of key) {
    if (path === '_fts' || path === '_ftsx') continue;
    if (value !== 'text') throw cannot('compound text indexes are not supported by this server');
    if (path.includes('$')) throw cannot('text indexes on all fields are not supported by this server');
    weights.set(path, 1);
  }
  for (const [path, weight] of weightsOf(given.get('weights'))) {
    if (!isNumeric(weight) || !(toNumber(weight) >= 1) || toNumber(weight) > maxWeight) {
      throw cannot(`the weight of ${path} must be a number from 1 to ${maxWeight}`);
    }
    weights.set(path, Math.trunc(toNumber(weight)));
  }
  if (given.get('unique') === true) throw cannot('a text index cannot be unique');
  const languageField = given.get('language_override');
  const language = given.get('default_language');
  return {
    weights,
    language: parseDefaultLanguage(language),
    languageField: typeof languageField === 'string' ? languageField : 'language',
  };
}

function weightsOf(given: Value): Doc {
  if (given === undefined) return new Map();
  if (isDoc(given)) return given;
  throw cannot("text index option 'weights' must be an object");
}

function parseDefaultLanguage(name: Value): TextSpec['language'] {
  if (name === undefined) return 'english';
  try {
    return parseLanguage(String(name));
  } catch {
    throw cannot(`default_language is not valid: ${String(name)}`);
  }
}

function cannot(reason: string): CommandError {
  return new CommandError('CannotCreateIndex', reason);
}
