import { type Html, html, type Part } from '@tsmicro/web';
import type { ServiceReference } from '../reference/service.ts';
import { sidebar } from './sidebar.ts';

/** A whole page around `main`. */
export function layout(
  title: string,
  services: readonly ServiceReference[],
  current: string | undefined,
  main: Part,
): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/docs.css">
<script src="/docs/docs.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><a class="home" href="/docs/"${current === undefined && html` aria-current="page"`}>API reference</a><button type="button" id="menu" aria-expanded="false" aria-controls="contents" hidden>Contents</button></header>
${sidebar(services, current)}
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`;
}
