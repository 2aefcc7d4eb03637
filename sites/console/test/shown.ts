import { liveFragment, liveMain } from '../src/layout/live-view.ts';
import type { View } from '../src/layout/view.ts';
import type { Snapshot } from '../src/watch/snapshot.ts';
import { sampleSnapshot } from './sample.ts';

/** What a view shows of a moment. */
export const htmlOf = (view: View, query = '', snapshot: Snapshot = sampleSnapshot): string =>
  liveFragment(view, snapshot, new URLSearchParams(query)).text;

/** What the page of a view shows at load. */
export const pageOf = (view: View, query = ''): string =>
  liveMain(view, sampleSnapshot, new URLSearchParams(query)).text;

/** What stands in every element of a name that holds text alone. */
export const textsOf = (html: string, element: string): string[] =>
  Array.from(
    html.matchAll(new RegExp(`<${element}\\b[^>]*>([^<]*)</${element}>`, 'g')),
    ([, text = '']) => text,
  );
