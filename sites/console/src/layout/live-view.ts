import { type Html, html } from '@tsmicro/web';
import type { Snapshot } from '../watch/snapshot.ts';
import { timeOfDay } from './moment.ts';
import { linkTo, type View } from './view.ts';

/** Where the fragments of all pages that move come from. */
export const streamPath = '/console/live';

/** What cannot be read now is said before what could. */
const faultNotice = (faults: readonly string[]) =>
  faults.length > 0 &&
  html`<div class="warning" id="faults"><p>What is shown is not the whole:</p><ul>${faults.map((fault) => html`<li>${fault}</li>`)}</ul></div>`;

/** What is pushed anew whenever it changes. */
export function liveFragment(view: View, snapshot: Snapshot, query: URLSearchParams): Html {
  return html`${faultNotice(snapshot.faults)}
${view.render(snapshot, query)}`;
}

const nothing = html`<p class="empty">Nothing is known of the system yet. What it says of itself takes a second or two; load the page again.</p>`;

/** A page that moves: as it is at load, and what a script needs to keep it so. */
export function liveMain(view: View, snapshot: Snapshot | undefined, query: URLSearchParams): Html {
  const stream = linkTo(streamPath, { ...Object.fromEntries(query), view: view.name });
  return html`<div class="page-head">
<div><h1>${view.title}</h1><p class="lead">${view.lead}</p></div>
<div class="live" id="live" data-stream="${stream}">
<p class="live-state"><span class="live-mark" aria-hidden="true"></span><span id="live-words" role="status">As loaded</span></p>
<p class="as-of">as of <span id="as-of">${snapshot === undefined ? 'now' : timeOfDay(snapshot.at)}</span> UTC</p>
<button type="button" class="quiet" id="pause" hidden>Pause</button>
</div>
</div>
<noscript><p class="notice">Without JavaScript this page does not move: it shows what was so when it was loaded. <a href="${linkTo(view.path, Object.fromEntries(query))}">Load it again</a> for what is so now.</p></noscript>
<div class="warning" id="lost" role="alert" hidden></div>
<div id="view">
${snapshot === undefined ? nothing : liveFragment(view, snapshot, query)}
</div>`;
}
