import { type Html, html } from '@tsmicro/web';
import { toPictureAddress } from '../text/address.ts';

/** How a picture is fetched. */
export interface PictureOptions {
  /** Whether it is what a reader waits for, and not to be put off until it is near. @default false */
  readonly eager?: boolean;
}

/**
 * The picture of an article, if it has one. Its place is kept while it loads; there, and where it cannot be had, stands
 * the first letter of the title.
 */
export function picture(
  { imgUrl = '', title }: { readonly imgUrl?: string; readonly title: string },
  { eager = false }: PictureOptions = {},
): Html | undefined {
  const address = toPictureAddress(imgUrl);
  if (address === undefined) return undefined;
  const [letter = ''] = title.trim();
  const fetching = eager ? html` fetchpriority="high"` : html` loading="lazy"`;
  return html`<div class="picture"><span class="picture-letter" aria-hidden="true">${letter}</span><img src="${address}" alt="" width="1200" height="750"${fetching} decoding="async" referrerpolicy="no-referrer"></div>`;
}
