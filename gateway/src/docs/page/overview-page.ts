import { type Html, html } from '@tsmicro/web';
import type { ServiceReference } from '../reference/service.ts';
import { layout } from './layout.ts';
import { pageOf } from './sidebar.ts';

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

function serviceCard({ name, away, version, description, operations, subjects }: ServiceReference): Html {
  const events = subjects.filter(({ kind }) => kind === 'event').length;
  const offers = [
    count(operations.length, 'HTTP operation', 'HTTP operations'),
    count(subjects.length - events, 'NATS endpoint', 'NATS endpoints'),
    count(events, 'event', 'events'),
  ].filter((offer) => !offer.startsWith('0 '));
  return html`<li class="card"><h3><a href="${pageOf(name)}">${name}</a>${version !== '' && html` <span class="version">${version}</span>`}</h3>
${away !== undefined && html`<p class="away">${name} ${away}.${version !== '' && ' What follows is what it said before.'}</p>`}
${description !== '' && html`<p>${description.split('. ', 1)[0]}.</p>`}
${version !== '' && html`<p class="offers">${offers.join(', ')}</p>`}</li>`;
}

const success = `{
  "code": "10000",
  "status": 200,
  "message": "success",
  "data": { }
}`;
const failure = `{
  "code": "10001",
  "status": 404,
  "message": "blog not found",
  "requestId": "0b7c..."
}`;

function howToCall(guarded: boolean): Html {
  return html`<h2 id="calling">How to call</h2>
<dl class="how">
${guarded && html`<dt>API key</dt><dd>Send <code>x-api-key</code> with every request. Without one the answer is 401, with a wrong one 403. Health needs none.</dd>`}
<dt>Access token</dt><dd>Sign in, and send <code>authorization: Bearer</code> and the access token. Each operation says whether it needs one, and of which role.</dd>
<dt>Bodies</dt><dd>JSON, at most 1 MiB. Fields that are not known are ignored; <code>null</code> counts as absent.</dd>
<dt>Answers</dt><dd>JSON in an envelope. <code>status</code> is the HTTP status; success is always 200.
<div class="pair"><pre tabindex="0" aria-label="A success"><code>${success}</code></pre><pre tabindex="0" aria-label="A failure"><code>${failure}</code></pre></div></dd>
<dt>Trying again</dt><dd>429 and 503 carry <code>retry-after</code>, in seconds.</dd>
<dt>Tracing</dt><dd>Every answer carries <code>x-request-id</code>: it names the request in the logs of every service.</dd>
</dl>`;
}

/** The first page: the services, and what all their operations have in common. */
export function overviewPage(services: readonly ServiceReference[]): Html {
  const guarded = services.some(({ operations }) => operations.some(({ needsApiKey }) => needsApiKey));
  const main = html`<h1>API reference</h1>
<p class="lead">What the services behind this gateway offer over HTTP, and to each other over NATS.</p>
<h2 id="services">Services</h2>
<ul class="cards">${services.map(serviceCard)}</ul>
${howToCall(guarded)}`;
  return layout('API reference', services, undefined, main);
}
