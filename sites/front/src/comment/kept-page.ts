import { html, type Page } from '@tsmicro/web';
import type { Failed } from './discussion.ts';
import { failedForm } from './failed-form.ts';
import { type Place, placeAddress } from './place.ts';

/** What was typed, and why it was not taken, where the article that it belongs to cannot be shown around it. */
export function keptPage(failed: Failed, place: Place, status: number): Page {
  const typed = failed.text !== '';
  const title = typed ? 'Your comment was not saved' : 'That was not done';
  const main = html`<div class="column narrow-page"><h1>${title}</h1>
${typed && html`<p>What you wrote is still here; send it again when you are ready.</p>`}
${failedForm(failed, place)}
<p><a href="${placeAddress(place, 'comments')}">Back to the article</a></p></div>`;
  return { title, main, status };
}

/** What was typed by somebody whose session ended meanwhile: signed in at another tab, they can send it from here. */
export function signedOutPage(failed: Failed, place: Place): Page {
  const title = 'You are not signed in';
  const back = encodeURIComponent(placeAddress(place, 'comments'));
  const main = html`<div class="column narrow-page"><h1>${title}</h1>
<p>What you wrote is still here. <a href="/sign-in?back=${back}" target="_blank">Sign in in a new tab</a>, then send it from this one.</p>
${failedForm(failed, place)}</div>`;
  return { title, main, status: 401 };
}
