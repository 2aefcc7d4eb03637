import { type Answer, html, type Page, type Person, type Visit } from '@tsmicro/web';
import { holdsRole } from '../state/role.ts';
import { EditorClient } from './client.ts';

/** Tells a person who may not publish how one comes to be an editor. */
function noEditorPage({ email }: Person): Page {
  const main = html`<div class="column"><h1>The desk is for editors</h1>
<p>Editors publish articles and keep comments and tags in order. For that an account needs the role EDITOR, which an
administrator gives.</p>
<p>Ask an administrator to make <strong>${email}</strong> an editor. They find accounts in the console, under Users. It counts
at once; you need not sign in again.</p>
<p><a href="/">Back to the articles</a></p></div>`;
  return { title: 'The desk is for editors', main, status: 403 };
}

/** Does what only editors may; others are told how one becomes one. */
export async function asEditor(
  visit: Visit,
  work: (client: EditorClient) => Answer | Promise<Answer>,
): Promise<Answer> {
  if (await holdsRole(visit, 'EDITOR')) return await work(new EditorClient(visit.api));
  return noEditorPage(visit.requirePerson());
}
