import { Long } from 'bson';
import { valueAt } from '../bson/path.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Stage } from './item.ts';

/** `$unwind`: a document for each item of an array. */
export function unwind(spec: Value): Stage {
  const options: Doc = isDoc(spec) ? spec : new Map([['path', spec]]);
  const path = options.get('path');
  if (typeof path !== 'string' || !path.startsWith('$') || path.length < 2) {
    throw new CommandError('BadValue', `path option to $unwind stage should be prefixed with a '$'`);
  }
  const parts = path.slice(1).split('.');
  const keepsEmpty = options.get('preserveNullAndEmptyArrays') === true;
  const index = options.get('includeArrayIndex');
  const indexParts = typeof index === 'string' ? index.split('.') : undefined;
  const withIndex = (doc: Doc, at: number | undefined): Doc =>
    indexParts === undefined ? doc : put(doc, indexParts, at === undefined ? null : Long.fromNumber(at));
  return function* unwound(items) {
    for (const item of items) {
      const value = valueAt(item.doc, parts);
      if (Array.isArray(value) && value.length > 0) {
        for (const [at, part] of value.entries())
          yield { ...item, doc: withIndex(put(item.doc, parts, part), at) };
      } else if (!Array.isArray(value) && value !== undefined && value !== null) {
        yield { ...item, doc: withIndex(item.doc, undefined) };
      } else if (keepsEmpty) {
        const doc = Array.isArray(value) ? put(item.doc, parts, undefined) : item.doc;
        yield { ...item, doc: withIndex(doc, undefined) };
      }
    }
  };
}

/** A document like this one but for the value at a path; `undefined` takes the field away. */
export function put(doc: Doc, parts: readonly string[], value: Value): Doc {
  const [name = '', ...rest] = parts;
  const copy: Doc = new Map(doc);
  if (rest.length > 0) {
    const below = doc.get(name);
    copy.set(name, put(isDoc(below) ? below : new Map(), rest, value));
  } else if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy;
}
