import type { ApiError } from '@tsmicro/network';
import { failureWords, type Html, html } from '@tsmicro/web';

/** Why a text was not saved, and what its author can do: it stands in the form, as it was typed. */
export const keptWarning = {
  signedOut: (path: string) => ({
    status: 401,
    warning: html`<p>You are signed out, so your text was <strong>not saved</strong>. It is still here:
<a href="/sign-in?back=${encodeURIComponent(path)}" target="_blank">sign in in another tab</a>, come back and save again.</p>`,
  }),
  noAuthor: () => ({
    status: 403,
    warning: html`<p>Your account is no author's any more, so your text was <strong>not saved</strong>. Copy it before you leave.</p>`,
  }),
  failed: (error: ApiError) => ({
    status: error.status,
    warning: html`<p>Your text was <strong>not saved</strong>, but it is still here. ${failureWords(error)}</p>`,
  }),
} as const;

/** That somebody else, or one's own other tab, was faster. */
export const otherVersionWarning = (
  path: string,
): Html => html`<p>The article was changed elsewhere since you opened it, so yours was
<strong>not saved</strong>. <a href="${path}" target="_blank">Look at what is stored</a>; if you save again, yours takes its place.</p>`;
