import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { type Language, parseLanguage, termsOf } from './token.ts';

/** What a text index is made of. */
export interface TextSpec {
  /** The weight of each indexed path. */
  readonly weights: ReadonlyMap<string, number>;
  readonly language: Language;
  /** The field by which a document names another language. */
  readonly languageField: string;
}

/** One indexed text of a document. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
  readonly language: Language;
}

/** The texts of a document that the index covers. */
export function textsOf(doc: Doc, spec: TextSpec): WeightedText[] {
  const language = languageOf(doc, spec);
  const texts: WeightedText[] = [];
  for (const [path, weight] of spec.weights) {
    collect(doc, path.split('.'), 0, (text) => texts.push({ text, weight, language }));
  }
  return texts;
}

function languageOf(doc: Doc, spec: TextSpec): Language {
  const named = doc.get(spec.languageField);
  if (named === undefined) return spec.language;
  if (typeof named === 'string') return parseLanguage(named);
  throw new CommandError('Location17262', 'found language override field in document with non-string type');
}

function collect(value: Value, parts: readonly string[], depth: number, found: (text: string) => void): void {
  const part = parts[depth];
  if (Array.isArray(value)) for (const item of value) collect(item, parts, depth, found);
  else if (part === undefined) {
    if (typeof value === 'string') found(value);
  } else if (isDoc(value)) collect(value.get(part), parts, depth + 1, found);
}

/**
 * The score of every term of a document, by MongoDB's formula (`FTSSpec::_scoreStringV2`): each repetition in
 * a text counts half of the one before; a term that fills more of its text counts more; weights add up.
 */
export function scoreTerms(doc: Doc, spec: TextSpec): Map<string, number> {
  const scores = new Map<string, number>();
  for (const { text, weight, language } of textsOf(doc, spec)) {
    const terms = termsOf(text, language);
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const frequency = 2 - 2 ** (1 - count);
      const share = (0.5 * count) / terms.length + 0.5;
      const whole = text.length === term.length && text.toLowerCase() === term ? 1.1 : 1;
      scores.set(term, (scores.get(term) ?? 0) + weight * frequency * share * whole);
    }
  }
  return scores;
}
