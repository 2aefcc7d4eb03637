import { type Html, html, type Part } from '@tsmicro/web';
import type { Comment } from '../blog.ts';
import { authorPath } from '../layout/address.ts';
import { portrait } from '../layout/byline.ts';
import { timeOf } from '../layout/time.ts';
import { deletingForm, editingForm, sightForm, writingForm } from './comment-form.ts';
import type { CommentAction, Discussion, Failed } from './discussion.ts';
import { commentAnchor } from './place.ts';
import { rightsOn } from './rights.ts';

/** One thing that can be done; it opens by itself when it failed. */
function action(words: string, id: string, failed: Failed | undefined, form: Html): Html {
  return html`<details class="action" name="do-${id}"${failed !== undefined && html` open`}><summary>${words}</summary>${form}</details>`;
}

function actions(comment: Comment, discussion: Discussion): Html | false {
  const { _id, text = '' } = comment;
  const { place, person, failed } = discussion;
  const rights = rightsOn(comment, person);
  const one = (what: CommentAction, words: string, form: (failed: Failed | undefined) => Html) => {
    const own = failed?.action === what && failed.id === _id ? failed : undefined;
    return rights.has(what) && action(words, _id, own, form(own));
  };
  if (rights.size === 0) return false;
  return html`<div class="comment-actions">${[
    one('write', 'Reply', (failed) => writingForm({ place, failed }, _id)),
    one('edit', 'Edit', (failed) => editingForm({ place, failed }, _id, text)),
    one('delete', 'Delete', (failed) => deletingForm({ place, failed }, _id)),
    rights.has('hide') && sightForm(place, _id, 'hide'),
    rights.has('unhide') && sightForm(place, _id, 'unhide'),
  ]}</div>`;
}

/** A comment and what may be done to it; `replies` stands below. One that was deleted while it had replies says so. */
export function commentItem(comment: Comment, discussion: Discussion, replies?: Part): Html {
  const { _id, text, author, edited, hidden, createdAt } = comment;
  if (text === undefined || author === undefined) {
    return html`<li class="comment" id="${commentAnchor(_id)}"><p class="gone">This comment was deleted.</p>${replies}</li>`;
  }
  return html`<li class="comment${hidden === true && ' comment-hidden'}" id="${commentAnchor(_id)}"><article aria-label="Comment by ${author.name}">
<p class="comment-head">${portrait(author, 28)}<span class="comment-by"><a class="byline-name" href="${authorPath(author._id)}">${author.name}</a><span class="comment-when">${timeOf(createdAt, { clock: true })}${edited && ' · edited'}</span>${
    hidden === true && html`<span class="badge">Hidden from readers</span>`
  }</span></p>
<p class="comment-text">${text}</p>
${actions(comment, discussion)}</article>${replies}</li>`;
}
