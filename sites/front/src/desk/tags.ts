import { type Answer, attempt, type FormFaults, type KnownFailure, redirect, type Visit } from '@tsmicro/web';
import { listTags } from '../article/source.ts';
import { pageOf } from '../layout/pagination.ts';
import type { PageMount } from '../layout/section.ts';
import type { EditorClient } from './client.ts';
import { asEditor } from './editor.ts';
import { mergePage, tagLabels, tagPage } from './tag-page.ts';
import { articles, tagEditPath, tagsPage } from './tags-page.ts';

const asTag = (text: string) => text.trim().toUpperCase();

const tagFailures: readonly KnownFailure[] = [
  { message: /^tag not found$/, words: 'No article has this tag any more.' },
];

async function list(visit: Visit): Promise<Answer> {
  const { items, page, more } = await listTags(visit.api, pageOf(visit.query));
  return tagsPage(items, page, more);
}

async function edit(visit: Visit, client: EditorClient): Promise<Answer> {
  const tag = asTag(visit.query.get('tag') ?? '');
  if (tag === '') return redirect('/desk/tags');
  return tagPage({ tag, count: (await client.countOf(tag)) ?? 0 });
}

/** Where the new name is a tag already, the two would become one: that is asked first. */
async function rename({ form }: Visit, client: EditorClient): Promise<Answer> {
  const [tag, to] = [form.text('tag'), asTag(form.text('to'))];
  if (to === tag) return redirect(tagEditPath(tag), 'It has this name already.');
  const counts = await attempt(() => Promise.all([client.countOf(tag), client.countOf(to)]), {});
  const failed = (faults: FormFaults, count = 0) =>
    tagPage({ tag, count, to, faults, status: faults.status });
  if ('faults' in counts) return failed(counts.faults);
  const [count = 0, toCount] = counts.value;
  if (toCount !== undefined && form.text('merge') !== 'yes') return mergePage({ tag, count }, to, toCount);
  const outcome = await attempt(() => client.rename(tag, to), tagLabels, tagFailures);
  if ('faults' in outcome) return failed(outcome.faults, count);
  return redirect('/desk/tags', `${tag} is ${to} now, in ${articles(outcome.value.count)} that readers see.`);
}

async function remove({ form }: Visit, client: EditorClient): Promise<Answer> {
  const tag = form.text('tag');
  const known = await attempt(() => client.countOf(tag), {});
  const count = ('value' in known && known.value) || 0;
  const outcome = await attempt(() => client.remove(tag), {}, tagFailures);
  if ('faults' in outcome)
    return tagPage({ tag, count, removalFaults: outcome.faults, status: outcome.faults.status });
  if (outcome.value.length > 0) return tagPage({ tag, count, lonely: outcome.value, status: 400 });
  return redirect('/desk/tags', `${tag} is taken off every article.`);
}

/** Registers the list of tags, and what editors do with them. */
export function mountTags(site: PageMount): void {
  site.get('/desk/tags', (visit) => asEditor(visit, () => list(visit)));
  site.get('/desk/tags/edit', (visit) => asEditor(visit, (client) => edit(visit, client)));
  site.post('/desk/tags/rename', (visit) => asEditor(visit, (client) => rename(visit, client)));
  site.post('/desk/tags/remove', (visit) => asEditor(visit, (client) => remove(visit, client)));
}
