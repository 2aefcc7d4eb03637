import { type Assets, type Html, html, type Page, type Visit } from '@tsmicro/web';
import { siteHeader } from './navigation.ts';

/** What the site is called. */
export const siteName = 'tsmicro';

/** The layout of every page of the site, with the addresses of its style and script. */
export function createLayout(assets: Assets): (page: Page, visit: Visit) => Html {
  const [icon, script] = [assets.url('icon.svg'), assets.url('front.js')];
  const styles = ['base.css', 'front.css', 'article.css'].map((name) => assets.url(name));
  return (page, visit) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title === siteName ? siteName : `${page.title} · ${siteName}`}</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
${styles.map((url) => html`<link rel="stylesheet" href="${url}">`)}
<script src="${script}" type="module"></script>
${page.head}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${siteHeader(siteName, visit)}
<main id="main" tabindex="-1">
${visit.notice !== undefined && html`<p class="notice" role="status">${visit.notice}</p>`}
${page.main}
</main>
<footer class="site-footer"><p>${siteName}</p><nav aria-label="About"><a href="/docs/">API reference</a> <a href="/console">Console</a></nav></footer>
</body>
</html>
`;
}
