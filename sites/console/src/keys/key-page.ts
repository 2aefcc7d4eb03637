import { type FormFaults, faultSummary, field, type Html, html, type Page } from '@tsmicro/web';
import { moment } from '../layout/moment.ts';
import type { ApiKey } from './dto.ts';
import { keyPath, keyState, keysPath, nameOf } from './page.ts';

/** The names of the fields as they are shown. */
export const rotateLabels = { graceSec: 'Seconds that the old key lives on' };

function facts(key: ApiKey): Html {
  const { permissions, comments, version, createdAt, lastUsedAt, expiresAt } = key;
  return html`<dl class="about">
<div><dt>State</dt><dd>${keyState(key)}</dd></div>
<div><dt>For</dt><dd>${comments.length === 0 ? 'not said' : comments.join(' · ')}</dd></div>
<div><dt>Permissions</dt><dd>${permissions.join(', ')}</dd></div>
<div><dt>Version</dt><dd>${version}</dd></div>
<div><dt>Made</dt><dd>${moment(createdAt)} UTC</dd></div>
<div><dt>Last used</dt><dd>${lastUsedAt === undefined ? 'never' : html`${moment(lastUsedAt)} UTC`}</dd></div>
<div><dt>Ends</dt><dd>${expiresAt === undefined ? 'never' : html`${moment(expiresAt)} UTC`}</dd></div>
</dl>`;
}

function actions(key: ApiKey, grace: string, faults: FormFaults | undefined): Html {
  return html`<div class="halves">
<section class="panel" aria-labelledby="rotate-head"><h2 id="rotate-head">Rotate</h2>
<p>Another key takes the place of this one, with the same permissions. It is shown once.</p>
<form method="post" action="${keyPath(key.id)}/rotate">
${field({ name: 'graceSec', label: rotateLabels.graceSec, type: 'number', value: grace, hint: 'from 0 to 86400 (a day); 0 ends it at once', fault: faults?.of('graceSec'), required: true })}
<p><button type="submit">Rotate the key</button></p>
</form></section>
<section class="panel" aria-labelledby="revoke-head"><h2 id="revoke-head">Revoke</h2>
<p>Whoever calls with this key is refused from now on. That cannot be undone.</p>
<form method="post" action="${keyPath(key.id)}/revoke">
<p><label class="choice"><input type="checkbox" name="sure" value="yes" required> I am sure that nobody needs ${nameOf(key)} any more</label></p>
<p><button type="submit" class="danger">Revoke the key</button></p>
</form></section>
</div>`;
}

/** One key, and what can be done with it. */
export function keyPage(key: ApiKey, grace = '3600', faults?: FormFaults): Page {
  return {
    title: `API key ${nameOf(key)}`,
    status: faults?.status ?? 200,
    main: html`<p class="crumb"><a href="${keysPath}">API keys</a></p>
<h1>API key <code>${nameOf(key)}</code></h1>
${faults !== undefined && faultSummary(faults)}
${facts(key)}
${key.active ? actions(key, grace, faults) : html`<p>This key is over: nobody is let in by it.</p>`}`,
  };
}
