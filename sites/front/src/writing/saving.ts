import type { PrivateBlog } from '../blog.ts';
import { versionOf } from '../state/version.ts';
import type { AuthorClient } from './client.ts';
import { changesIn, type Draft, toContent } from './draft.ts';

/** What became of a text that was to be saved. */
export type Saving =
  /** It is stored; `notice` says so. */
  | { readonly blog: PrivateBlog; readonly notice: string }
  /** It is not: what is stored was changed elsewhere in the meantime, to this. */
  | { readonly changedTo: PrivateBlog };

/** What a draft is saved as: a new article, or the one with this id as it was in this version. */
export interface SavingPlace {
  readonly id: string | undefined;
  readonly version: string | undefined;
}

/** Saves what an author typed. What is stored already is not sent: any change would take a submission back. */
export async function saveDraft(
  client: AuthorClient,
  draft: Draft,
  { id, version }: SavingPlace,
): Promise<Saving> {
  const content = toContent(draft);
  if (id === undefined) return { blog: await client.create(content), notice: 'Saved as a draft.' };
  const stored = await client.get(id);
  const changes = changesIn(content, stored);
  if (changes === undefined) return { blog: stored, notice: 'It is saved as it stands here.' };
  if (version !== versionOf(stored)) return { changedTo: stored };
  const blog = await client.change(id, changes);
  const takenBack = stored.submitted ? ' It is no longer submitted: submit it again when it is ready.' : '';
  return { blog, notice: `Saved.${takenBack}` };
}
