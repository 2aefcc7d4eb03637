import { faultSummary, field, type Html, html } from '@tsmicro/web';
import { articlePath } from '../layout/address.ts';
import type { Failed } from './discussion.ts';
import { commentAnchor, type Place, placeAddress } from './place.ts';

/** The names of the fields, as whoever fills them in reads them. */
export const commentLabels = { text: 'Your comment' } as const;

/** The most code points that the gateway takes; a browser counts what takes two units as two. */
const maxLength = 2 * 5_000;

/** A form that writes something. */
export interface CommentFormOptions {
  readonly place: Place;
  /** What was typed, and why it was not taken. */
  readonly failed?: Failed | undefined;
}

/** Tells the site where a form was sent from. */
export const fromField = (place: Place) =>
  html`<input type="hidden" name="from" value="${placeAddress(place)}">`;

function textField(id: string, label: string, text: string, failed: Failed | undefined): Html {
  const fault = failed?.faults.of('text');
  return html`${failed !== undefined && faultSummary(failed.faults)}
${field({ name: 'text', id, label, rows: 4, value: failed?.text ?? text, fault, required: true, maxLength })}`;
}

/**
 * Writes a comment on the article, or a reply to the comment `parent`. What comes of it, when it is not taken, is seen at the
 * place that the action names: a fragment survives a form that is answered with a page.
 */
export function writingForm({ place, failed }: CommentFormOptions, parent?: string): Html {
  const [id, label, words] =
    parent === undefined
      ? ['comment-text', commentLabels.text, 'Post comment']
      : [`reply-text-${parent}`, 'Your reply', 'Post reply'];
  return html`<form class="comment-form" method="post" action="${articlePath(place.slug)}/comments#${parent === undefined ? 'comments' : commentAnchor(parent)}">
${fromField(place)}${parent !== undefined && html`<input type="hidden" name="parent" value="${parent}">`}
${textField(id, label, '', failed)}
<button>${words}</button>
</form>`;
}

/** Changes the text of a comment. */
export function editingForm({ place, failed }: CommentFormOptions, comment: string, text: string): Html {
  return html`<form class="comment-form" method="post" action="/comments/${comment}/edit#${commentAnchor(comment)}">
${fromField(place)}
${textField(`edit-text-${comment}`, 'The comment', text, failed)}
<button>Save</button>
</form>`;
}

/** Asks once more before a comment goes for good. */
export function deletingForm({ place, failed }: CommentFormOptions, comment: string): Html {
  return html`<form class="comment-form" method="post" action="/comments/${comment}/delete#${commentAnchor(comment)}">
${fromField(place)}
${failed !== undefined && faultSummary(failed.faults)}
<p>It will be gone for good.</p>
<button class="danger">Delete comment</button>
</form>`;
}

/** Leaves a comment to editors, or gives it back to all; no question is asked, for it can be undone. */
export function sightForm(place: Place, comment: string, action: 'hide' | 'unhide'): Html {
  return html`<form class="action" method="post" action="/comments/${comment}/${action}#comments">
${fromField(place)}<button class="quiet">${action === 'hide' ? 'Hide' : 'Show to all'}</button>
</form>`;
}
