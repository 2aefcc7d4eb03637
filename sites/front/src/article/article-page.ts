import { type Html, html, type Page } from '@tsmicro/web';
import type { ItemBlog, PublicBlog } from '../blog.ts';
import { articlePath } from '../layout/address.ts';
import { blogList } from '../layout/blog-list.ts';
import { byline } from '../layout/byline.ts';
import { pageHead } from '../layout/head.ts';
import { picture } from '../layout/picture.ts';
import { tagList } from '../layout/tag-list.ts';
import { timeOf } from '../layout/time.ts';
import { toArticleHtml } from '../text/article-html.ts';
import type { Beside } from './beside.ts';

/** An article with all that stands below it. */
export interface ArticleView {
  readonly blog: PublicBlog;
  readonly similar: Beside<readonly ItemBlog[]>;
  /** What people say about it. */
  readonly comments: Html;
  /** @default 200 */
  readonly status?: number;
}

const wordsPerMinute = 230;

function readingTime(text: string): string {
  const words = text.match(/\S+/g)?.length ?? 0;
  return `${Math.max(1, Math.round(words / wordsPerMinute))} min read`;
}

function similarArticles(similar: Beside<readonly ItemBlog[]>): Html | false {
  if ('away' in similar)
    return html`<section class="similar"><h2>Similar articles</h2><p class="away">${similar.away}</p></section>`;
  if (similar.shown.length === 0) return false;
  return html`<section class="similar" aria-labelledby="similar-heading"><h2 id="similar-heading">Similar articles</h2>
${blogList(similar.shown, { level: 3 })}</section>`;
}

/** An article to be read, what people say about it, and what else is about the same. */
export function articlePage({ blog, similar, comments, status }: ArticleView): Page {
  const { title, description, text, author, publishedAt, tags, slug } = blog;
  const published = html`${timeOf(publishedAt)} · ${readingTime(text)}`;
  const main = html`<article class="article">
<header class="article-head">
<h1>${title}</h1>
<p class="standfirst">${description}</p>
${byline(author, published)}
</header>
${picture(blog, { eager: true })}
<section class="article-text" aria-label="Text">${toArticleHtml(text)}</section>
<footer class="article-foot">${tagList(tags)}</footer>
</article>
${comments}
${similarArticles(similar)}`;
  return {
    title,
    main,
    head: html`${pageHead({ description, canonical: articlePath(slug), type: 'article' })}
<meta name="author" content="${author.name}">`,
    ...(status === undefined ? {} : { status }),
  };
}
