import { breakable, type Html, html } from '@tsmicro/web';
import type { ServiceReference } from '../reference/service.ts';
import { subjectId } from './entry.ts';

/** The address of the page of a service. */
export const pageOf = (service: string) => `/docs/${encodeURIComponent(service)}/`;

interface Link {
  readonly href: string;
  readonly method: string;
  readonly text: string;
  readonly summary: string;
}

function linksOf({ name, operations, subjects }: ServiceReference): Link[] {
  const page = pageOf(name);
  return [
    ...operations.map(({ id, method, path, summary }) => ({
      href: `${page}#${id}`,
      method,
      text: path,
      summary,
    })),
    ...subjects.map(({ subject, kind, summary }) => ({
      href: `${page}#${subjectId(subject)}`,
      method: kind === 'event' ? 'EVENT' : 'NATS',
      text: subject,
      summary,
    })),
  ];
}

function serviceGroup(service: ServiceReference, current: string | undefined): Html {
  const { name, away } = service;
  return html`<li class="service"><a class="service-link" href="${pageOf(name)}"${name === current && html` aria-current="page"`}>${name}</a>${
    away !== undefined && html` <span class="away">${away}</span>`
  }
<ul>${linksOf(service).map(
    ({ href, method, text, summary }) =>
      html`<li class="link"><a href="${href}"><span class="method">${method}</span> <span class="text">${breakable(text)}</span><span class="words">${summary}</span></a></li>`,
  )}</ul></li>`;
}

/** The contents of all services, with the box that searches them. */
export function sidebar(services: readonly ServiceReference[], current: string | undefined): Html {
  return html`<nav id="contents" aria-label="Contents">
<div class="search" hidden><label for="search">Search</label><input id="search" type="search" autocomplete="off" spellcheck="false" aria-describedby="found"><p id="found" role="status"></p></div>
<ul class="services">${services.map((service) => serviceGroup(service, current))}</ul>
</nav>`;
}
