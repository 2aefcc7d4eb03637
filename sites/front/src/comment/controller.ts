import { ApiError } from '@tsmicro/network';
import {
  type Answer,
  attempt,
  FormFaults,
  type Page,
  redirect,
  SignInNeededError,
  type Site,
  type Visit,
} from '@tsmicro/web';
import { articlePage } from '../article/article-page.ts';
import { beside } from '../article/beside.ts';
import { getArticle, listSimilar } from '../article/source.ts';
import { Comment } from '../blog.ts';
import { commentLabels } from './comment-form.ts';
import { commentSection } from './comment-section.ts';
import { type CommentAction, type Failed, readDiscussion } from './discussion.ts';
import { keptPage, signedOutPage } from './kept-page.ts';
import { commentAnchor, type Place, placeAddress, placeFrom, placeOf, withReplies } from './place.ts';

const idForm = /^[0-9a-f]{24}$/;

/** The article with what is said about it; `failed` is what was to be done to that and was not. */
async function showArticle(visit: Visit, place: Place, failed?: Failed): Promise<Page> {
  const { api, person } = visit;
  const blog = await getArticle(api, place.slug);
  const [similar, discussion] = await Promise.all([
    beside(listSimilar(api, blog._id)),
    readDiscussion(api, blog._id, place, person),
  ]);
  const comments = commentSection({ ...discussion, failed });
  return articlePage({
    blog,
    similar,
    comments,
    ...(failed === undefined ? {} : { status: failed.faults.status }),
  });
}

function read(visit: Visit): Promise<Page> {
  const { slug = '' } = visit.params;
  return showArticle(visit, placeOf(slug, visit.query));
}

/** Shows what was typed, and what was wrong with it, on the article's page, or alone where that cannot be had. */
async function showFailed(visit: Visit, place: Place, failed: Failed): Promise<Page> {
  try {
    return await showArticle(visit, place, failed);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return keptPage(failed, place, error.status);
  }
}

/** Does something to the comments; nothing that was typed is lost by what comes between. */
async function act(
  visit: Visit,
  place: Place,
  sent: Omit<Failed, 'faults'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    visit.requirePerson();
    const outcome = await attempt(work, commentLabels);
    if ('value' in outcome) return outcome.value;
    return await showFailed(visit, place, { ...sent, faults: outcome.faults });
  } catch (error) {
    if (!(error instanceof SignInNeededError) || sent.text === '') throw error;
    return signedOutPage({ ...sent, faults: new FormFaults() }, place);
  }
}

function write(visit: Visit): Promise<Answer> {
  const { api, form, params } = visit;
  const { slug = '' } = params;
  const place = placeFrom(form.text('from')) ?? placeOf(slug, new URLSearchParams());
  const [text, parent] = [form.text('text'), form.text('parent')];
  const id = parent === '' ? undefined : parent;
  return act(visit, place, { action: 'write', id, text }, async () => {
    const blog = await getArticle(api, slug);
    const body = { text, ...(id === undefined ? {} : { parent: id }) };
    const { data } = await api.post(`/blog/comments/blog/${blog._id}`, body, Comment);
    const shown = id === undefined ? { ...place, page: 1 } : withReplies(place, id, place.open.get(id) ?? 1);
    return redirect(
      placeAddress(shown, commentAnchor(data._id)),
      id === undefined ? 'Your comment is there.' : 'Your reply is there.',
    );
  });
}

const said: Readonly<Record<Exclude<CommentAction, 'write'>, string>> = {
  edit: 'The comment is changed.',
  delete: 'The comment is deleted.',
  hide: 'The comment is hidden from readers.',
  unhide: 'The comment is shown to all again.',
};

/** What is done to a comment that is there. */
function change(action: keyof typeof said): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const { api, form, params } = visit;
    const { id = '' } = params;
    const place = placeFrom(form.text('from'));
    if (place === undefined || !idForm.test(id)) return redirect('/');
    const text = action === 'edit' ? form.text('text') : '';
    return act(visit, place, { action, id, text }, async () => {
      if (action === 'edit') await api.put(`/blog/comments/id/${id}`, { text });
      else if (action === 'delete') await api.delete(`/blog/comments/id/${id}`);
      else await api.put(`/blog/editor/comments/${action}/id/${id}`);
      const at = action === 'delete' ? 'comments' : commentAnchor(id);
      return redirect(placeAddress(place, at), said[action]);
    });
  };
}

/** An article, and what people say about it: to be read by all, to be written by who is signed in. */
export class CommentController {
  /** Registers the pages. */
  mount(site: Pick<Site, 'get' | 'post'>): void {
    site.get('/read/:slug', read);
    site.post('/read/:slug/comments', write);
    // Where a sign-in leads back to that came of a comment.
    site.get('/read/:slug/comments', ({ params: { slug = '' }, query }) =>
      redirect(placeAddress(placeOf(slug, query), 'comments')),
    );
    for (const action of ['edit', 'delete', 'hide', 'unhide'] as const) {
      site.post(`/comments/:id/${action}`, change(action));
    }
  }
}
