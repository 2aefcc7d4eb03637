import { type Html, html, type Person, type Visit } from '@tsmicro/web';
import { portrait } from './byline.ts';

/** A way through the site, and the pages at which one is on it. */
interface Way {
  readonly words: string;
  readonly path: string;
  readonly below?: string;
}

const everybody: readonly Way[] = [
  { words: 'Latest', path: '/' },
  { words: 'Tags', path: '/tags', below: '/tag/' },
];
const write: Way = { words: 'Write', path: '/write', below: '/write/' };
const desk: Way = { words: 'Desk', path: '/desk', below: '/desk/' };

const waysFor = (person: Person | undefined): readonly Way[] => [
  ...everybody,
  ...(person?.roles.includes('AUTHOR') ? [write] : []),
  ...(person?.roles.includes('EDITOR') ? [desk] : []),
];

function way({ words, path, below }: Way, current: string): Html {
  const at = path === current || (below !== undefined && current.startsWith(below));
  return html`<li><a href="${path}"${at && html` aria-current="${path === current ? 'page' : 'true'}"`}>${words}</a></li>`;
}

/** A search, from wherever one is; the page of the search has its own. */
function searchBox({ path }: Visit): Html | false {
  if (path === '/search') return false;
  return html`<form class="search-box" action="/search" role="search" aria-label="Site"><input type="search" name="q" placeholder="Search" aria-label="Search articles" maxlength="200"><button class="search-go" aria-label="Search"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M10.5 10.5 14 14" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/></svg></button></form>`;
}

/** What belongs to who is signed in; opens without a script. */
function personMenu({ id, name, profilePicUrl }: Person): Html {
  return html`<details class="menu">
<summary>${portrait({ name, profilePicUrl }, 28)}<span class="menu-name">${name}</span></summary>
<ul>
<li><a href="/author/${id}">Your page</a></li>
<li><a href="/account">Account</a></li>
<li><a href="/account/sessions">Sessions</a></li>
<li><form method="post" action="/sign-out"><button>Sign out</button></form></li>
</ul>
</details>`;
}

/** Where nobody comes back to: the start is where one arrives anyway, and the others only take what is sent there. */
const noWayBack = /^\/(?:$|sign-|comments\/)/;

function guestLinks({ path, query }: Visit): Html {
  const here = query.size === 0 ? path : `${path}?${query}`;
  const away = noWayBack.test(path) ? '' : `?back=${encodeURIComponent(here)}`;
  return html`<p class="guest"><a href="/sign-in${away}">Sign in</a> <a class="guest-join" href="/sign-up${away}">Sign up</a></p>`;
}

/** The head of every page: where one may go, what to look for, and who one is. */
export function siteHeader(siteName: string, visit: Visit): Html {
  return html`<header class="site-header">
<a class="home" href="/">${siteName}</a>
<nav class="ways" aria-label="Main"><ul>${waysFor(visit.person).map((one) => way(one, visit.path))}</ul></nav>
${searchBox(visit)}
${visit.person === undefined ? guestLinks(visit) : personMenu(visit.person)}
</header>`;
}
