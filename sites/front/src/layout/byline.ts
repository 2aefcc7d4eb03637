import { type Html, html, type Part } from '@tsmicro/web';
import { toPictureAddress } from '../text/address.ts';
import { authorPath } from './address.ts';

/** Somebody as others see them. */
export interface Byliner {
  readonly _id: string;
  readonly name: string;
  readonly profilePicUrl?: string | undefined;
}

/** The picture of somebody; where there is none, or it cannot be had, the first letter of the name. */
export function portrait({ name, profilePicUrl = '' }: Omit<Byliner, '_id'>, size: number): Html {
  const [letter = ''] = name.trim();
  const address = toPictureAddress(profilePicUrl);
  const picture =
    address !== undefined &&
    html`<img src="${address}" alt="" width="${size}" height="${size}" loading="lazy" decoding="async" referrerpolicy="no-referrer">`;
  return html`<span class="portrait portrait-${size}" aria-hidden="true"><span>${letter.toUpperCase()}</span>${picture}</span>`;
}

/** Who wrote something, with a picture and the way to the author's page; `more` stands below the name. */
export function byline(author: Byliner, more?: Part): Html {
  return html`<p class="byline">${portrait(author, 40)}<span class="byline-words"><a class="byline-name" href="${authorPath(author._id)}" rel="author">${author.name}</a>${
    more !== undefined && html`<span class="byline-more">${more}</span>`
  }</span></p>`;
}
