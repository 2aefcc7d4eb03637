import type { ApiError } from '@tsmicro/network';
import { html } from './html.ts';
import type { Page } from './page.ts';
import type { Visit } from './visit.ts';
import { failureWords } from './words.ts';

const titles: Readonly<Record<number, string>> = {
  401: 'Please sign in',
  403: 'Not allowed',
  404: 'Not found',
  413: 'Too much text',
  429: 'Too many tries',
  500: 'Something went wrong',
  503: 'Not available right now',
  504: 'That took too long',
};

/** What is shown in the place of a page that could not be made: what happened, what to do, and under which id to ask. */
export function failurePage(error: ApiError, visit: Visit): Page {
  const title = titles[error.status] ?? (error.status < 500 ? 'That did not work' : 'Something went wrong');
  return {
    title,
    status: error.status,
    main: html`<section class="failure">
<h1>${title}</h1>
<p>${failureWords(error)}</p>
${error.status >= 500 && html`<p class="hint">If it stays like this, this number helps to find the cause: <code>${visit.context.requestId}</code></p>`}
</section>`,
  };
}
