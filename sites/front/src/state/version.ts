import { createHash } from 'node:crypto';
import type { PrivateBlog } from '../blog.ts';

/** Tells what an author wrote from what it was before: who saves or publishes names the version that was seen. */
export function versionOf({ title, description, slug, imgUrl = '', tags, draftText }: PrivateBlog): string {
  const content = JSON.stringify([title, description, slug, imgUrl, tags, draftText]);
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}
