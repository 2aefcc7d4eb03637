import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { type TextSpec, textsOf } from './score.ts';
import { type Language, parseLanguage, termsOf, withoutDiacritics } from './token.ts';

/** What a `$text` asks for. */
export interface TextSearch {
  readonly search: string;
  /** The language given with the search, in place of the index's own. */
  readonly language?: Language;
}

/** A search, taken apart. */
export interface TextQuery {
  /** Terms of which a document has at least one. */
  readonly terms: readonly string[];
  readonly negatedTerms: readonly string[];
  /** Phrases that a document must have all of, in lower case and without diacritics. */
  readonly phrases: readonly string[];
  readonly negatedPhrases: readonly string[];
}

/** Reads the operand of `$text`. Throws for the options that this server has not. */
export function parseTextSearch(spec: Value): TextSearch {
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', '$text expects an object');
  const search = spec.get('$search');
  if (typeof search !== 'string')
    throw new CommandError('TypeMismatch', '"$search" had the wrong type. Expected string');
  for (const [name, value] of spec) {
    if (name === '$search' || name === '$language') continue;
    if (name !== '$caseSensitive' && name !== '$diacriticSensitive') {
      throw new CommandError('BadValue', `extra fields in $text: ${name}`);
    }
    if (value !== false) throw new CommandError('NotImplemented', `${name} is not supported by this server`);
  }
  const language = spec.get('$language');
  return typeof language === 'string' ? { search, language: parseLanguage(language) } : { search };
}

/** Takes a search apart as MongoDB does: "phrases" and -negations, of which a hyphen inside a word is none. */
export function toTextQuery(search: TextSearch, spec: TextSpec): TextQuery {
  const language = search.language ?? spec.language;
  const found = { terms: new Set<string>(), negatedTerms: new Set<string>() };
  const phrases: string[] = [];
  const negatedPhrases: string[] = [];
  let negated = false;
  let phraseStart: number | undefined;
  for (const { token, offset, afterSpace } of tokensOf(search.search)) {
    if (token === '-') {
      if (phraseStart === undefined && afterSpace) negated = true;
    } else if (token === '"') {
      if (phraseStart === undefined) {
        phraseStart = offset + 1;
      } else {
        (negated ? negatedPhrases : phrases).push(fold(search.search.slice(phraseStart, offset)));
        negated = false;
        phraseStart = undefined;
      }
    } else if (phraseStart === undefined || !negated) {
      if (negated && afterSpace) negated = false;
      const into = negated ? found.negatedTerms : found.terms;
      for (const term of termsOf(token, language)) into.add(term);
    }
  }
  return { terms: [...found.terms], negatedTerms: [...found.negatedTerms], phrases, negatedPhrases };
}

interface Token {
  readonly token: string;
  readonly offset: number;
  readonly afterSpace: boolean;
}

function* tokensOf(search: string): Generator<Token> {
  for (const match of search.matchAll(/[-"]|[^\s"-]+/g)) {
    const before = search[match.index - 1];
    yield { token: match[0], offset: match.index, afterSpace: before === undefined || /\s/.test(before) };
  }
}

/** Whether a document that has one of the terms passes the search's phrases and negations. */
export function passesTextQuery(query: TextQuery, doc: Doc, spec: TextSpec): boolean {
  const { negatedTerms, phrases, negatedPhrases } = query;
  if (negatedTerms.length + phrases.length + negatedPhrases.length === 0) return true;
  const texts = textsOf(doc, spec);
  const has = (phrase: string): boolean => texts.some(({ text }) => fold(text).includes(phrase));
  if (!phrases.every(has) || negatedPhrases.some(has)) return false;
  if (negatedTerms.length === 0) return true;
  const terms = new Set(texts.flatMap(({ text, language }) => termsOf(text, language)));
  return !negatedTerms.some((term) => terms.has(term));
}

function fold(text: string): string {
  return withoutDiacritics(text.toLowerCase());
}
