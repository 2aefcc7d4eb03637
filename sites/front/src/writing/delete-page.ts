import { type FormFaults, faultSummary, html, type Page } from '@tsmicro/web';
import type { PrivateBlog } from '../blog.ts';

/** Asks whether an article is to be deleted. */
export function deletePage(blog: PrivateBlog, faults?: FormFaults): Page {
  const main = html`<div class="column"><h1>Delete this article?</h1>
${faults !== undefined && faultSummary(faults)}
<p><strong>${blog.title}</strong></p>
<p>${blog.published ? 'Readers can no longer find it, at once. ' : ''}Its text cannot be brought back. Copy what you want to keep.</p>
<form method="post" action="/write/${blog._id}/delete" class="actions">
<button class="danger">Delete it</button>
<a href="/write/${blog._id}">Keep it</a>
</form></div>`;
  return { title: 'Delete article', main };
}
