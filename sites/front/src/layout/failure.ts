import type { ApiError } from '@tsmicro/network';
import { failurePage, html, type Page, type Visit } from '@tsmicro/web';

/** What was not found, by where it was looked for. */
function absenceOf(path: string): readonly [title: string, words: string] {
  if (path.startsWith('/read/')) {
    return ['This article is not here', 'It was taken back, or moved, or the address has a mistake in it.'];
  }
  if (path.startsWith('/author/')) return ['There is nobody here', 'No account has this address.'];
  return ['There is no page here', 'It may have moved, or the address has a mistake in it.'];
}

/** What stands in the place of a page that is not there: what may have happened, and ways on. */
function notFoundPage(path: string): Page {
  const [title, words] = absenceOf(path);
  return {
    title,
    status: 404,
    main: html`<div class="column narrow-page"><p class="kicker">404</p><h1>${title}</h1>
<p class="standfirst">${words}</p>
<form class="search-form" action="/search" role="search" aria-label="Instead"><div class="field"><label for="search-again">Search for it</label><input id="search-again" type="search" name="q" maxlength="200" required></div><button>Search</button></form>
<p>Or go to the <a href="/">latest articles</a>, or look through <a href="/tags">all tags</a>.</p></div>`,
  };
}

/** The page of a failure. */
export function failure(error: ApiError, visit: Visit): Page {
  return error.status === 404 ? notFoundPage(visit.path) : failurePage(error, visit);
}
