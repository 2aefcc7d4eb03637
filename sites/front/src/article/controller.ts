import { ApiError, notFound } from '@tsmicro/network';
import { type Answer, FormFaults, type Page, redirect, type Site, type Visit } from '@tsmicro/web';
import { tagPath } from '../layout/address.ts';
import { pageOf } from '../layout/pagination.ts';
import { authorPage } from './author-page.ts';
import { beside } from './beside.ts';
import { latestPage } from './latest-page.ts';
import { searchPage } from './search-page.ts';
import { getUser, listBlogs, listTags, listTopTags } from './source.ts';
import { tagPage } from './tag-page.ts';
import { tagsPage } from './tags-page.ts';

const idForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

async function latest({ api, query }: Visit): Promise<Page> {
  const reading = [listBlogs(api, '/blog/list/latest', pageOf(query)), beside(listTopTags(api))] as const;
  return latestPage(...(await Promise.all(reading)));
}

async function tagged({ api, params: { tag = '' }, query }: Visit): Promise<Answer> {
  const upper = tag.toUpperCase();
  if (upper !== tag) return redirect(tagPath(upper));
  const path = `/blog/list/tag/${encodeURIComponent(tag)}`;
  return tagPage(tag, await listBlogs(api, path, pageOf(query)));
}

async function allTags({ api, query }: Visit): Promise<Page> {
  return tagsPage(await listTags(api, pageOf(query)));
}

async function search({ api, query }: Visit): Promise<Page> {
  const q = query.get('q') ?? '';
  if (q.trim() === '') return searchPage({ q: '' });
  try {
    return searchPage({ q, found: await listBlogs(api, '/blog/list/search', pageOf(query), { q }) });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    return searchPage({ q, faults: FormFaults.from(error, { q: 'What you search for' }) });
  }
}

async function author({ api, params, query }: Visit): Promise<Page> {
  const id = params.id?.toLowerCase() ?? '';
  if (!idForm.test(id)) throw notFound('url not found');
  const page = pageOf(query);
  const [user, articles] = await Promise.all([
    getUser(api, id),
    beside(listBlogs(api, `/blog/list/author/${id}`, page)),
  ]);
  return authorPage(user, articles, page);
}

/** The lists of articles: the latest, by tag, by author, by words. */
export class ArticleController {
  /** Registers the pages. */
  mount(site: Pick<Site, 'get'>): void {
    site.get('/', latest);
    site.get('/tags', allTags);
    site.get('/tag/:tag', tagged);
    site.get('/search', search);
    site.get('/author/:id', author);
  }
}
