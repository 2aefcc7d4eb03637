import { type Html, html } from '@tsmicro/web';

const longestDescription = 300;

/** What stands in the head of a page for those who do not see it: search engines, and who is shown a link to it. */
export interface PageHead {
  readonly description: string;
  /** The one address of the page, from the root of the site. */
  readonly canonical: string;
  /** @default "website" */
  readonly type?: 'website' | 'article' | 'profile';
}

/** The description and the address of a page. */
export function pageHead({ description, canonical, type = 'website' }: PageHead): Html {
  const words = [...description.replace(/\s+/g, ' ').trim()];
  const short = words.slice(0, longestDescription).join('');
  return html`<meta name="description" content="${short}${words.length > longestDescription && '…'}">
<link rel="canonical" href="${canonical}">
<meta property="og:type" content="${type}">`;
}
