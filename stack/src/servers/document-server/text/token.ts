import * as stemmers from 'snowball-stemmers';
import { CommandError } from '../errors.ts';
import { stopWords } from './stop-words.ts';

// Words as MongoDB's text index version 3 takes them (`fts_unicode_tokenizer.cpp`): cut at white space and
// punctuation, put into lower case, stop words left out, stemmed, diacritics taken off.

/** The languages this server can index: English, and `none` for words as they stand. */
export type Language = 'english' | 'none';

const delimiter = /[\p{White_Space}\p{Dash}\p{Pattern_Syntax}\p{Quotation_Mark}\p{Terminal_Punctuation}]+/u;
const englishDelimiter = new RegExp(`(?:(?!')${delimiter.source.slice(0, -1)})+`, 'u');

const stemmer = stemmers.newStemmer('english');
const stems = new Map<string, string>();
const maxStems = 50_000;

/** The language by one of its names. Throws with MongoDB's code for any that this server cannot stem. */
export function parseLanguage(name: string): Language {
  const language = name.toLowerCase();
  if (language === 'en' || language === 'english') return 'english';
  if (language === 'none') return 'none';
  throw new CommandError('Location17262', `language override unsupported: ${name}`);
}

/** The terms of a text, in its order, each as often as it occurs. */
export function termsOf(text: string, language: Language): string[] {
  const words = text.toLowerCase().split(language === 'english' ? englishDelimiter : delimiter);
  const terms: string[] = [];
  for (const word of words) {
    if (word === '' || (language === 'english' && stopWords.has(word))) continue;
    terms.push(withoutDiacritics(language === 'english' ? stem(word) : word));
  }
  return terms;
}

function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const found = stemmer.stem(word);
  if (stems.size >= maxStems) stems.clear();
  stems.set(word, found);
  return found;
}

/** The text without the marks on its letters. */
export function withoutDiacritics(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : text.normalize('NFD').replace(/\p{Diacritic}/gu, '');
}
