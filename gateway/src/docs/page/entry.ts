import { breakable, type Html, html, type Part } from '@tsmicro/web';
import { curlOf, natsOf } from '../reference/command.ts';
import type { Failure, Operation } from '../reference/operation.ts';
import type { Subject } from '../reference/subject.ts';
import { fieldList, valueBlock } from './field-list.ts';

/** Where the page says that the gateway is, until the browser knows better. */
export const originMark = 'http://127.0.0.1:8000';

/** The anchor of a subject. */
export const subjectId = (subject: string) => `nats-${subject}`;

function failureTable(failures: readonly Failure[]): Html {
  return html`<h4>Failures</h4>
<table class="failures"><thead><tr><th scope="col">Status</th><th scope="col">When</th></tr></thead>
<tbody>${failures.map(({ status, meaning }) => html`<tr><th scope="row">${status}</th><td>${meaning}</td></tr>`)}</tbody></table>`;
}

function example(label: string, command: string): Html {
  return html`<div class="example"><div class="example-bar"><span>${label}</span><button type="button" class="copy" hidden>Copy</button></div>
<pre tabindex="0" aria-label="${label}"><code>${command}</code></pre></div>`;
}

function needsOf({ needsApiKey, needsToken, roles }: Operation): string {
  const needs = [needsApiKey && 'an API key', needsToken && 'an access token'].filter(
    (need) => need !== false,
  );
  if (needs.length === 0) return 'Open to all.';
  const role = roles.length > 0 ? `, of a user with the role ${roles.join(' or ')}` : '';
  return `Needs ${needs.join(' and ')}${role}.`;
}

function entry(id: string, title: Part, summary: string, about: Part, aside: Part): Html {
  return html`<section class="entry" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title">${title} <a class="anchor" href="#${id}" aria-label="Link to this entry">#</a></h3>
<p class="summary">${summary}</p>
<div class="columns"><div class="about-entry">${about}</div>${aside}</div>
</section>
`;
}

function answerBlock({ answer, inEnvelope }: Operation): Html {
  if (answer === undefined) return html`<h4>Answer <span class="type">message only</span></h4>`;
  return valueBlock(inEnvelope ? 'Answer, data' : 'Answer, outside the envelope', answer, 'got');
}

/** One HTTP operation. */
export function operationEntry(operation: Operation): Html {
  const { id, method, path, summary, inPath, inQuery, body, failures } = operation;
  const title = html`<span class="method">${method}</span> <code>${breakable(path)}</code>`;
  const about = html`<p class="needs">${needsOf(operation)}</p>
${inPath.length > 0 && html`<h4>In the path</h4>${fieldList(inPath, 'sent')}`}
${inQuery.length > 0 && html`<h4>In the query</h4>${fieldList(inQuery, 'sent')}`}
${body && valueBlock('Body', body, 'sent')}
${answerBlock(operation)}
${failureTable(failures)}`;
  return entry(id, title, summary, about, example('curl', curlOf(operation, originMark)));
}

/** One endpoint or event of NATS. */
export function subjectEntry(subject: Subject): Html {
  const { kind, reply, data, failures } = subject;
  const title = html`<span class="method">${kind === 'event' ? 'EVENT' : 'NATS'}</span> <code>${breakable(subject.subject)}</code>`;
  const about = html`${kind === 'event' ? valueBlock('Event, data', data, 'got') : valueBlock('Request, data', data, 'sent')}
${reply && valueBlock('Reply, data', reply, 'got')}
${failures.length > 0 && failureTable(failures)}`;
  return entry(subjectId(subject.subject), title, subject.summary, about, example('nats', natsOf(subject)));
}
