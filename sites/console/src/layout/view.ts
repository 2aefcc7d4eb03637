import type { Part } from '@tsmicro/web';
import type { Snapshot } from '../watch/snapshot.ts';

/** A page that moves as the system does. */
export interface View {
  /** Its name in the address of the stream. */
  readonly name: string;
  readonly path: string;
  readonly title: string;
  /** What is to be seen there, in a sentence. */
  readonly lead: string;
  /** What it shows of a moment; the query is the page's own. */
  render(snapshot: Snapshot, query: URLSearchParams): Part;
}

/** The address of a page with these values in its query; what is empty is left out. */
export function linkTo(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** A text as part of an element's id. */
export const idOf = (...parts: readonly string[]) => parts.map(encodeURIComponent).join('-');
