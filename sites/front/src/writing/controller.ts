import { ApiError } from '@tsmicro/network';
import {
  type Answer,
  type Assets,
  attempt,
  fragment,
  html,
  type Page,
  redirect,
  SignInNeededError,
  type UnrecognisedHandler,
  type Visit,
} from '@tsmicro/web';
import { pageOf } from '../layout/pagination.ts';
import { type PageMount, Section } from '../layout/section.ts';
import { holdsRole } from '../state/role.ts';
import { versionOf } from '../state/version.ts';
import { toArticleHtml } from '../text/article-html.ts';
import { AuthorClient } from './client.ts';
import { deletePage } from './delete-page.ts';
import { draftFrom, draftLabels, draftOf, emptyDraft } from './draft.ts';
import { type EditorView, editorPage } from './editor-page.ts';
import { draftFailures, submissionFailures } from './failure.ts';
import { noAuthorPage } from './no-author-page.ts';
import { saveDraft } from './saving.ts';
import { shelfOf } from './shelf.ts';
import { shelfPage } from './shelf-page.ts';
import { keptWarning, otherVersionWarning } from './warning.ts';

const idOf = ({ params }: Visit) => params.id ?? '';

/** What authors do: their own articles, and the editor. What somebody typed comes back whatever becomes of it. */
export class WritingController {
  readonly #assets: Assets;

  constructor(assets: Assets) {
    this.#assets = assets;
  }

  /** Registers the pages. */
  mount(mount: PageMount): void {
    const site = new Section(mount, [this.#assets.url('work.css'), this.#assets.url('writing.css')]);
    site.get('/write', (visit) => asAuthor(visit, (client) => listed(visit, client)));
    site.get('/write/new', (visit) => asAuthor(visit, () => this.#blank(visit)));
    const kept: UnrecognisedHandler = (visit, error) => this.#kept(visit, error);
    site.post('/write/new', (visit) => this.#save(visit, undefined), kept);
    site.post('/write/preview', previewed);
    site.get('/write/:id', (visit) => asAuthor(visit, (client) => this.#stored(visit, client)));
    site.post('/write/:id', (visit) => this.#save(visit, idOf(visit)), kept);
    site.get('/write/:id/delete', (visit) =>
      asAuthor(visit, async (client) => deletePage(await client.get(idOf(visit)))),
    );
    site.post('/write/:id/delete', (visit) => asAuthor(visit, (client) => deleted(visit, client)));
  }

  #blank(visit: Visit): Page {
    return this.#page(visit, { path: visit.path, draft: emptyDraft, unsaved: false });
  }

  async #stored(visit: Visit, client: AuthorClient): Promise<Page> {
    const blog = await client.get(idOf(visit));
    const version = versionOf(blog);
    return this.#page(visit, { path: visit.path, draft: draftOf(blog), blog, version, unsaved: false });
  }

  /** Does what the button says that the form was sent by. */
  async #save(visit: Visit, id: string | undefined): Promise<Answer> {
    const { path, person } = visit;
    const typed = typedIn(visit);
    if (person === undefined) return this.#page(visit, { ...typed, ...keptWarning.signedOut(path) });
    try {
      if (!(await holdsRole(visit, 'AUTHOR')))
        return this.#page(visit, { ...typed, ...keptWarning.noAuthor() });
      return await this.#saveAsAuthor(visit, id, typed);
    } catch (error) {
      if (error instanceof ApiError) return this.#kept(visit, error);
      if (!(error instanceof SignInNeededError)) throw error;
      return this.#page(visit, { ...typed, ...keptWarning.signedOut(path) });
    }
  }

  /** The form as it was sent, which could not even be looked into. */
  #kept(visit: Visit, error: ApiError): Page {
    return this.#page(visit, { ...typedIn(visit), ...keptWarning.failed(error) });
  }

  async #saveAsAuthor(visit: Visit, id: string | undefined, typed: EditorView): Promise<Answer> {
    const client = new AuthorClient(visit.api);
    const { draft, version } = typed;
    const action = visit.form.text('action');
    if (action === 'preview') {
      const blog = id === undefined ? undefined : await shown(client, id);
      return this.#page(visit, { ...typed, blog, preview: toArticleHtml(draft.draftText) });
    }
    const saving = await attempt(() => saveDraft(client, draft, { id, version }), draftLabels, draftFailures);
    if ('faults' in saving) {
      const blog = id === undefined ? undefined : await shown(client, id);
      return this.#page(visit, { ...typed, blog, faults: saving.faults, status: saving.faults.status });
    }
    if ('changedTo' in saving.value) {
      const blog = saving.value.changedTo;
      const warning = otherVersionWarning(visit.path);
      return this.#page(visit, { ...typed, blog, version: versionOf(blog), warning, status: 409 });
    }
    const { blog, notice } = saving.value;
    return redirect(`/write/${blog._id}`, await afterSaving(client, action, blog._id, notice));
  }

  #page({ person }: Visit, view: EditorView): Page {
    const script = html`<script type="module" src="${this.#assets.url('writing.js')}"></script>`;
    return { ...editorPage({ ...view, owner: person?.id }), head: script };
  }
}

/** What was typed, as it was sent. */
function typedIn({ form, path }: Visit): EditorView {
  const version = form.has('version') ? form.text('version') : undefined;
  return { path, draft: draftFrom(form), version, unsaved: true };
}

/** Those who are no authors are told how one becomes one. */
async function asAuthor(
  visit: Visit,
  work: (client: AuthorClient) => Answer | Promise<Answer>,
): Promise<Answer> {
  if (await holdsRole(visit, 'AUTHOR')) return await work(new AuthorClient(visit.api));
  return noAuthorPage(visit.requirePerson());
}

async function listed({ query }: Visit, client: AuthorClient): Promise<Page> {
  return shelfPage(await client.list(shelfOf(query), pageOf(query)));
}

function previewed(visit: Visit): Answer {
  visit.requirePerson();
  return fragment(toArticleHtml(visit.form.text('draftText')));
}

/** The article as it is stored, where a page is better with it and does without it. */
async function shown(client: AuthorClient, id: string) {
  const found = await attempt(() => client.get(id), {});
  return 'value' in found ? found.value : undefined;
}

/** Submits or withdraws what was saved just now, and says what came of both. */
async function afterSaving(client: AuthorClient, action: string, id: string, saved: string): Promise<string> {
  if (action !== 'submit' && action !== 'withdraw') return saved;
  const next = await attempt(() => client[action](id), {}, submissionFailures);
  if ('faults' in next)
    return `${saved} But it was not ${action === 'submit' ? 'submitted' : 'withdrawn'}: ${next.faults.general ?? ''}`;
  return action === 'submit' ? 'Submitted. An editor decides next.' : 'Withdrawn. It is a draft again.';
}

async function deleted(visit: Visit, client: AuthorClient): Promise<Answer> {
  const id = idOf(visit);
  const blog = await client.get(id);
  const deletion = await attempt(() => client.delete(id), {});
  return 'faults' in deletion
    ? deletePage(blog, deletion.faults)
    : redirect('/write', `“${blog.title}” is deleted.`);
}
