import { type FormFaults, faultSummary, field, type Html, html, type Page } from '@tsmicro/web';
import type { LonelyBlog } from './client.ts';
import { articles } from './tags-page.ts';

/** What is known of a tag that is to be changed. */
export interface TagView {
  readonly tag: string;
  /** In how many published articles it stands. */
  readonly count: number;
  /** The new name, as it was typed. */
  readonly to?: string;
  readonly faults?: FormFaults;
  readonly removalFaults?: FormFaults;
  /** Articles that have no other tag, which keep this one from being taken away. */
  readonly lonely?: readonly LonelyBlog[];
  readonly status?: number;
}

/** What the fields are called. */
export const tagLabels = { tag: 'New name' } as const;

const renaming = ({ tag, to = tag, faults }: TagView): Html => html`<section aria-labelledby="rename-heading">
<h2 id="rename-heading">Rename it</h2>
<p>In every article, drafts too. If the new name is a tag already, you are asked before the two become one.</p>
${faults !== undefined && faultSummary(faults)}
<form method="post" action="/desk/tags/rename">
<input type="hidden" name="tag" value="${tag}">
${field({ name: 'to', label: tagLabels.tag, value: to, fault: faults?.of('tag'), hint: 'It is kept in upper case.', required: true, maxLength: 50 })}
<div class="actions"><button>Rename</button></div>
</form></section>`;

const obstacle = (lonely: readonly LonelyBlog[]): Html => html`<div class="warning" role="alert">
<p>It was not taken away: every article keeps at least one tag, and ${lonely.length === 1 ? 'this one has' : 'these have'} no other${lonely.length >= 10 && '; there may be more of them'}. Their
authors can give them one.</p>
<ul>${lonely.map(({ slug, shown }) => html`<li>${shown === undefined ? html`${slug} (a draft)` : html`<a href="/desk/${shown._id}">${shown.title}</a>`}</li>`)}</ul></div>`;

/** One tag, and what can be done with it. */
export function tagPage(view: TagView): Page {
  const { tag, count, lonely, removalFaults, status = 200 } = view;
  const main = html`<div class="column"><p class="kicker"><a href="/desk/tags">Tags</a></p>
<h1>Tag ${tag}</h1>
<p>It stands in ${articles(count)} that readers see.</p>
${renaming(view)}
<section aria-labelledby="remove-heading">
<h2 id="remove-heading">Take it away</h2>
${removalFaults !== undefined && faultSummary(removalFaults)}
${lonely !== undefined && obstacle(lonely)}
<p>Off every article, drafts too. This cannot be undone.</p>
<form method="post" action="/desk/tags/remove"><input type="hidden" name="tag" value="${tag}"><button class="danger">Take ${tag} away</button></form>
</section></div>`;
  return { title: `Tag ${tag}`, main, status };
}

/** Asks whether two tags are to become one. */
export function mergePage({ tag, count }: TagView, to: string, toCount: number): Page {
  const main = html`<div class="column"><p class="kicker"><a href="/desk/tags">Tags</a></p>
<h1>Make ${tag} and ${to} one tag?</h1>
<p><strong>${to}</strong> is a tag already, of ${articles(toCount)} that readers see. The ${articles(count)} with <strong>${tag}</strong>, and
drafts with it, get ${to} in its place. Nobody can tell them apart afterwards: this cannot be undone.</p>
<form method="post" action="/desk/tags/rename" class="actions">
<input type="hidden" name="tag" value="${tag}"><input type="hidden" name="to" value="${to}"><input type="hidden" name="merge" value="yes">
<button>Make them one</button>
<a href="/desk/tags">Leave both</a>
</form></div>`;
  return { title: `Make ${tag} and ${to} one tag?`, main };
}
