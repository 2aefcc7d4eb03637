import type { Form } from '@tsmicro/web';
import type { PrivateBlog } from '../blog.ts';
import { suggestSlug } from './slug.ts';

/** An article as its author types it: tags as one line, commas between them. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly slug: string;
  readonly imgUrl: string;
  readonly tags: string;
  readonly draftText: string;
}

/** An article as the API takes it. */
export interface Content extends Omit<Draft, 'tags'> {
  readonly tags: readonly string[];
}

/** What the fields are called where people read of them. */
export const draftLabels = {
  title: 'Title',
  description: 'Description',
  slug: 'Address',
  imgUrl: 'Picture',
  tags: 'Tags',
  draftText: 'Text',
} as const;

/** A form that nobody has typed into. */
export const emptyDraft: Draft = {
  title: '',
  description: '',
  slug: '',
  imgUrl: '',
  tags: '',
  draftText: '',
};

/** What was typed, as it was typed. */
export function draftFrom(form: Form): Draft {
  return {
    title: form.text('title'),
    description: form.text('description'),
    slug: form.text('slug'),
    imgUrl: form.text('imgUrl'),
    tags: form.text('tags'),
    draftText: form.text('draftText'),
  };
}

/** The form for an article that is there. */
export function draftOf(blog: PrivateBlog): Draft {
  const { title, description, slug, imgUrl = '', tags, draftText } = blog;
  return { title, description, slug, imgUrl, tags: tags.join(', '), draftText };
}

/** The tags in a line: upper case, none twice, in the order in which they were typed. */
export function tagsIn(line: string): string[] {
  const tags = line.split(',').map((tag) => tag.trim().toUpperCase());
  return [...new Set(tags)].filter((tag) => tag !== '');
}

/** What to send: no white space around what stands in one line, an address made of the title where there is none. */
export function toContent(draft: Draft): Content {
  const title = draft.title.trim();
  return {
    title,
    description: draft.description.trim(),
    slug: draft.slug.trim() || suggestSlug(title),
    imgUrl: draft.imgUrl.trim(),
    tags: tagsIn(draft.tags),
    draftText: draft.draftText,
  };
}

/** The part of `content` that the article does not have already; undefined when it has all of it. */
export function changesIn(content: Content, blog: PrivateBlog): Partial<Content> | undefined {
  const stored = new Map<string, unknown>(Object.entries(toContent(draftOf(blog))));
  const changed = Object.entries(content).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(stored.get(name)),
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
