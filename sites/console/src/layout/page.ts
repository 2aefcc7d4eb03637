import { type Assets, type Html, html, type Page, type Part, type Visit } from '@tsmicro/web';

const home = '/console';
const signIn = '/console/sign-in';

const pages: readonly (readonly [path: string, name: string])[] = [
  [home, 'Map'],
  ['/console/traffic', 'Traffic'],
  ['/console/slow', 'Slow requests'],
  ['/console/events', 'Events'],
  ['/console/keys', 'API keys'],
  ['/console/users', 'Users'],
];

const elsewhere: readonly (readonly [path: string, name: string])[] = [
  ['/docs/', 'API reference'],
  ['/', 'Reader’s front'],
];

/** Which page of the navigation a path belongs to. */
function currentOf(path: string): string | undefined {
  const below = ([start]: readonly [string, string]) => start !== home && path.startsWith(`${start}/`);
  return pages.find((page) => page[0] === path || below(page))?.[0];
}

function navigation(path: string): Html {
  const current = currentOf(path);
  const link = ([to, name]: readonly [string, string]): Part =>
    html`<li><a href="${to}"${to === current && html` aria-current="page"`}>${name}</a></li>`;
  return html`<nav aria-label="Console"><ul class="pages">${pages.map(link)}</ul><ul class="elsewhere">${elsewhere.map(link)}</ul></nav>`;
}

function signedIn({ person, path }: Visit): Html {
  if (person === undefined) {
    if (path === signIn) return html`<span></span>`;
    return html`<a class="sign-in" href="${signIn}?back=${encodeURIComponent(path)}">Sign in</a>`;
  }
  return html`<form method="post" action="/console/sign-out" class="sign-out"><span class="who">${person.name}</span><button type="submit" class="quiet">Sign out</button></form>`;
}

/** The whole document around a page of the console. */
export function createLayout(assets: Assets): (page: Page, visit: Visit) => Html {
  return ({ title, main, head }, visit) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Console</title>
<link rel="icon" href="${assets.url('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.url('base.css')}">
<link rel="stylesheet" href="${assets.url('console.css')}">
<link rel="stylesheet" href="${assets.url('facts.css')}">
<link rel="stylesheet" href="${assets.url('map.css')}">
<script src="${assets.url('idiomorph.min.js')}" defer></script>
<script src="${assets.url('console.js')}" type="module"></script>
${head}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="home" href="/console">Console</a>${navigation(visit.path)}${signedIn(visit)}</header>
<main id="main" tabindex="-1">
${visit.notice !== undefined && html`<p class="notice" role="status">${visit.notice}</p>`}
${main}
</main>
</body>
</html>
`;
}
