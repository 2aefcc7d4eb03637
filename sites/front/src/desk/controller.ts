import {
  type Answer,
  type Assets,
  attempt,
  FormFaults,
  type KnownFailure,
  type Page,
  redirect,
  type Visit,
} from '@tsmicro/web';
import { listBlogs } from '../article/source.ts';
import { pageOf } from '../layout/pagination.ts';
import { type PageMount, Section } from '../layout/section.ts';
import { versionOf } from '../state/version.ts';
import { deskArticlePage } from './article-page.ts';
import type { EditorClient } from './client.ts';
import type { DeskList } from './desk-nav.ts';
import { asEditor } from './editor.ts';
import { queuePage } from './queue-page.ts';
import { mountTags } from './tags.ts';

const idOf = ({ params }: Visit) => params.id ?? '';

const decisionFailures: readonly KnownFailure[] = [
  {
    message: /^blog is not submitted$/,
    words: 'It is not submitted any more: its author has taken it back, or another editor was faster.',
  },
  { message: /^blog is not published$/, words: 'It is not published any more.' },
];

const changedFault = new FormFaults(
  {},
  'It was not published: its author changed it since you looked. Below is what it says now.',
  409,
);

async function queue({ query, api }: Visit): Promise<Page> {
  const list: DeskList = query.get('show') === 'published' ? 'published' : 'submitted';
  const { items, page, more } = await listBlogs(api, `/blog/editor/${list}`, pageOf(query));
  return queuePage({ list, blogs: items, page, more });
}

/** The article as it is now, with what came of a decision about it. */
async function refused(client: EditorClient, id: string, faults: FormFaults): Promise<Page> {
  return deskArticlePage(await client.get(id), faults);
}

/** Publishes what the editor has seen, and nothing that came after. */
async function publish(visit: Visit, client: EditorClient): Promise<Answer> {
  const id = idOf(visit);
  const blog = await client.get(id);
  if (blog.submitted && visit.form.text('version') !== versionOf(blog)) {
    return deskArticlePage(blog, changedFault, 409);
  }
  const outcome = await attempt(() => client.publish(id), {}, decisionFailures);
  if ('faults' in outcome) return refused(client, id, outcome.faults);
  return redirect(`/desk/${blog._id}`, `“${blog.title}” is published.`);
}

async function unpublish(visit: Visit, client: EditorClient): Promise<Answer> {
  const id = idOf(visit);
  const outcome = await attempt(() => client.unpublish(id), {}, decisionFailures);
  if ('faults' in outcome) return refused(client, id, outcome.faults);
  return redirect(
    `/desk/${encodeURIComponent(id)}`,
    'Readers do not see it any more. It is its author’s draft again.',
  );
}

/** What editors do: decide about articles, and keep the tags in order. */
export class DeskController {
  readonly #assets: Assets;

  constructor(assets: Assets) {
    this.#assets = assets;
  }

  /** Registers the pages. */
  mount(mount: PageMount): void {
    const site = new Section(mount, [this.#assets.url('work.css'), this.#assets.url('desk.css')]);
    site.get('/desk', (visit) => asEditor(visit, () => queue(visit)));
    mountTags(site);
    site.get('/desk/:id', (visit) =>
      asEditor(visit, async (client) => deskArticlePage(await client.get(idOf(visit)))),
    );
    site.post('/desk/:id/publish', (visit) => asEditor(visit, (client) => publish(visit, client)));
    site.post('/desk/:id/unpublish', (visit) => asEditor(visit, (client) => unpublish(visit, client)));
  }
}
