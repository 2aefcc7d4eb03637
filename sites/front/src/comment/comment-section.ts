import { type Html, html } from '@tsmicro/web';
import type { Comment } from '../blog.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pagination } from '../layout/pagination.ts';
import { writingForm } from './comment-form.ts';
import { commentItem } from './comment-item.ts';
import { type Discussion, findShown } from './discussion.ts';
import { failedForm } from './failed-form.ts';
import { commentAnchor, placeAddress, withReplies } from './place.ts';
import { rightsOn } from './rights.ts';

const repliesAnchor = (id: string) => `replies-${id}`;

const countOf = (replies: number) => (replies === 1 ? '1 reply' : `${replies} replies`);

/** The replies to a comment, or the way to them. A script takes what stands behind the link to where it is. */
function repliesTo({ _id, replies }: Comment, discussion: Discussion): Html | false {
  const { place } = discussion;
  const shown = discussion.replies.get(_id);
  const portions = place.open.get(_id) ?? 0;
  const anchor = repliesAnchor(_id);
  const link = (words: string, to: number) =>
    html`<a class="replies-link" data-replaces="${anchor}" href="${placeAddress(withReplies(place, _id, to), commentAnchor(_id))}">${words}</a>`;
  if (replies === 0) return false;
  if (shown === undefined)
    return html`<div id="${anchor}" class="replies">${link(`Show ${countOf(replies)}`, 1)}</div>`;
  if ('away' in shown)
    return html`<div id="${anchor}" class="replies"><p class="away">${shown.away}</p>${link('Try again', portions)}</div>`;
  return html`<div id="${anchor}" class="replies">
<ul class="comments">${shown.shown.map((reply) => commentItem(reply, discussion))}</ul>
<p class="replies-ways">${shown.shown.length < replies && link('Show more replies', portions + 1)} ${link(`Hide ${countOf(replies)}`, 0)}</p>
</div>`;
}

/** Where a comment is written; who is not signed in is asked to, and led back. */
function writing({ place, person, failed }: Discussion): Html {
  if (person === undefined) {
    const back = encodeURIComponent(placeAddress(place, 'comments'));
    return html`<p class="invitation"><a href="/sign-in?back=${back}">Sign in</a> to write a comment, or <a href="/sign-up?back=${back}">sign up</a>: it takes a name, an email address and a password.</p>`;
  }
  return writingForm({
    place,
    failed: failed?.action === 'write' && failed.id === undefined ? failed : undefined,
  });
}

/** What was refused and has no form among the comments that it could stand in, with what was typed. */
function lost(discussion: Discussion): Html | false {
  const { failed, person, place } = discussion;
  if (failed === undefined || (failed.action === 'write' && failed.id === undefined)) return false;
  const comment = failed.id === undefined ? undefined : findShown(discussion, failed.id);
  // Hiding is a button, which has no place for words.
  const inPlace = failed.action !== 'hide' && failed.action !== 'unhide';
  const offered = comment !== undefined && rightsOn(comment, person).has(failed.action);
  return !(inPlace && offered) && failedForm(failed, place);
}

function list(discussion: Discussion): Html {
  const { place } = discussion;
  if ('away' in discussion.list) return html`<p class="away">${discussion.list.away}</p>`;
  const { items, page, more } = discussion.list.shown;
  if (items.length === 0) {
    return page === 1
      ? emptyState('Nobody has said anything yet.')
      : emptyState(
          'There are no comments this far back.',
          html`<a href="${placeAddress({ ...place, page: 1 }, 'comments')}">To the newest</a>`,
        );
  }
  const address = (number: number) => placeAddress({ ...place, page: number, open: new Map() }, 'comments');
  return html`<ul class="comments">${items.map((comment) =>
    commentItem(comment, discussion, repliesTo(comment, discussion)),
  )}</ul>${pagination({ page, more, address, label: 'Comments' })}`;
}

/** The comments on an article, and where one is written. */
export function commentSection(discussion: Discussion): Html {
  return html`<section class="discussion" id="comments" aria-labelledby="comments-heading">
<h2 id="comments-heading">Comments</h2>
${lost(discussion)}
${writing(discussion)}
${list(discussion)}
</section>`;
}
