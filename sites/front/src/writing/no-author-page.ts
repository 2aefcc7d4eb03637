import { html, type Page, type Person } from '@tsmicro/web';

/** Tells a person who may not write how one comes to be an author. */
export function noAuthorPage({ email }: Pick<Person, 'email'>): Page {
  const main = html`<div class="column"><h1>Writing is for authors</h1>
<p>Your account may read and comment. To write articles it needs the role AUTHOR, which an administrator gives.</p>
<p>Ask an administrator to make <strong>${email}</strong> an author. They find accounts in the console, under Users. It counts
at once; you need not sign in again.</p>
<p><a href="/">Back to the articles</a></p></div>`;
  return { title: 'Writing is for authors', main, status: 403 };
}
