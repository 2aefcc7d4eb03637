import { type FormFaults, faultSummary, field, html, type Page } from '@tsmicro/web';
import type { NewApiKey } from './dto.ts';
import { keyPath, keysPath } from './page.ts';

/** The names of the fields as they are shown. */
export const makeLabels = { permissions: 'Permissions', comments: 'What it is for', expiresAt: 'Ends (UTC)' };

/** What was filled in, as it was. */
export interface MakeForm {
  readonly permissions: string;
  readonly comments: string;
  readonly expiresAt: string;
}

/** Where a key is made. */
export function makeKeyPage({ permissions, comments, expiresAt }: MakeForm, faults?: FormFaults): Page {
  return {
    title: 'Make an API key',
    status: faults?.status ?? 200,
    main: html`<div class="narrow">
<p class="crumb"><a href="${keysPath}">API keys</a></p>
<h1>Make an API key</h1>
${faults !== undefined && faultSummary(faults)}
<form method="post" action="${keysPath}/new">
${field({ name: 'permissions', label: makeLabels.permissions, value: permissions, hint: 'words in capitals, with spaces between them', fault: faults?.of('permissions'), required: true })}
${field({ name: 'comments', label: makeLabels.comments, value: comments, rows: 3, hint: 'a line for each remark: who has it, and why', fault: faults?.of('comments') })}
${field({ name: 'expiresAt', label: makeLabels.expiresAt, type: 'datetime-local', value: expiresAt, hint: 'leave it empty for a key without an end', fault: faults?.of('expiresAt') })}
<p><button type="submit">Make the key</button></p>
</form>
</div>`,
  };
}

/** The only page that shows a key: right after it was made. */
export function newKeyPage(
  { id, key, permissions, version }: NewApiKey,
  madeOf: 'made' | 'rotated',
  end?: string,
): Page {
  return {
    title: 'The new API key',
    main: html`<div class="narrow">
<p class="crumb"><a href="${keysPath}">API keys</a></p>
<h1>The new API key</h1>
<div class="notice" role="status"><p>${madeOf === 'made' ? 'The key is made.' : `The key is rotated: this is version ${version}.`} It is shown this once and kept nowhere: copy it now.</p></div>
<p class="secret"><code id="new-key">${key}</code> <button type="button" class="quiet copy" data-copy="new-key" hidden>Copy</button></p>
<dl class="about"><div><dt>Permissions</dt><dd>${permissions.join(', ')}</dd></div>${end !== undefined && html`<div><dt>The old key</dt><dd>${end}</dd></div>`}</dl>
<p>It goes into the header <code>x-api-key</code> of every request to the gateway.</p>
<p><a href="${keyPath(id)}">To the key</a></p>
</div>`,
  };
}
