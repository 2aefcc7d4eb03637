import { type Html, html } from '@tsmicro/web';

const entries = [
  ['profile', '/account', 'Profile and password'],
  ['sessions', '/account/sessions', 'Sessions'],
] as const;

/** The pages of one's own account. */
export function accountNav(current: 'profile' | 'sessions'): Html {
  const links = entries.map(
    ([name, path, words]) =>
      html`<li><a href="${path}"${name === current && html` aria-current="page"`}>${words}</a></li>`,
  );
  return html`<nav class="tabs" aria-label="Account"><ul>${links}</ul></nav>`;
}
