import { type FormFaults, faultSummary, type Html, html, type Page, type Part } from '@tsmicro/web';
import type { PrivateBlog } from '../blog.ts';
import { stateBadge } from '../state/badge.ts';
import { hasNews, stateOf } from '../state/state.ts';
import { versionOf } from '../state/version.ts';
import { toPictureAddress } from '../text/address.ts';
import { toArticleHtml } from '../text/article-html.ts';
import { compareTexts } from './difference.ts';
import { differenceList, differenceSummary } from './difference-list.ts';

function publishing(blog: PrivateBlog): Part {
  if (!blog.submitted) {
    return html`<p class="muted">Its author has not submitted ${blog.published ? 'a new text' : 'it'}: there is nothing to publish.</p>`;
  }
  return html`<form method="post" action="/desk/${blog._id}/publish">
<input type="hidden" name="version" value="${versionOf(blog)}">
<button>${blog.published ? 'Publish the new text' : 'Publish'}</button>
</form>`;
}

const unpublishing = ({ _id, published }: PrivateBlog): Part =>
  published &&
  html`<details><summary>Take it from readers…</summary>
<p>Nobody finds it any more, at once. It becomes its author's draft again, who may submit it anew.</p>
<form method="post" action="/desk/${_id}/unpublish"><button class="danger">Unpublish</button></form>
</details>`;

function picture(imgUrl: string): Html {
  const address = toPictureAddress(imgUrl);
  if (address === undefined) return html`${imgUrl}`;
  return html`<a href="${address}">${imgUrl}</a><br><img src="${address}" alt="" loading="lazy" referrerpolicy="no-referrer">`;
}

const facts = ({
  description,
  tags,
  slug,
  imgUrl,
  author,
  published,
}: PrivateBlog): Html => html`<dl class="facts">
<dt>Author</dt><dd><a href="/author/${author._id}">${author.name}</a></dd>
<dt>Description</dt><dd>${description}</dd>
<dt>Tags</dt><dd>${tags.join(', ')}</dd>
<dt>Address</dt><dd>${published ? html`<a href="/read/${encodeURIComponent(slug)}">/read/${slug}</a>` : `/read/${slug}`}</dd>
${imgUrl !== undefined && html`<dt>Picture</dt><dd>${picture(imgUrl)}</dd>`}
</dl>
${published && html`<p class="muted">Only the text waits for you: what an author changes of the other fields, readers see at once.</p>`}`;

function differences(blog: PrivateBlog): Part {
  const { text, draftText, published } = blog;
  const reading = html`<section aria-labelledby="reading-heading"><h2 id="reading-heading">${blog.submitted ? 'As readers will see it' : 'As its author has it now'}</h2>
<div class="article-text">${toArticleHtml(draftText)}</div></section>`;
  if (text === undefined) {
    return [html`<p class="counts">Its first publication: there is nothing to compare it with.</p>`, reading];
  }
  const since = published ? 'what readers see now' : 'what was published before';
  if (text === draftText) {
    return [html`<p class="counts">The text is ${since}.</p>`, reading];
  }
  const difference = compareTexts(text, draftText);
  return html`<section aria-labelledby="difference-heading"><h2 id="difference-heading">What is different</h2>
<p class="counts">Compared with ${since}: <strong>${differenceSummary(difference)}</strong>. <a href="#reading-heading">As readers will see it</a></p>
${differenceList(difference)}</section>
${reading}`;
}

/** One article for editors: what is new in it, and whether readers are to see that. */
export function deskArticlePage(
  blog: PrivateBlog,
  faults?: FormFaults,
  status = faults?.status ?? 200,
): Page {
  const main = html`<p class="kicker"><a href="/desk">The desk</a></p>
<h1>${blog.title}</h1>
<p class="state">${stateBadge(stateOf(blog))}${!blog.submitted && hasNews(blog) && blog.published && ' Its author has not submitted the changes.'}</p>
${faults !== undefined && faultSummary(faults)}
<div class="desk-article">
<aside aria-label="About the article">${facts(blog)}
<div class="decision">${publishing(blog)}${unpublishing(blog)}</div></aside>
<div class="desk-text">${differences(blog)}</div>
</div>`;
  return { title: `Desk: ${blog.title}`, main, status };
}
