import type { Person } from '@tsmicro/web';
import type { Comment } from '../blog.ts';
import type { CommentAction } from './discussion.ts';

/** What a person may do to a comment that is shown to them; `write` is to answer it. What counts is what the gateway says. */
export function rightsOn(
  { author, text, parent, hidden = false }: Comment,
  person: Person | undefined,
): ReadonlySet<CommentAction> {
  const rights = new Set<CommentAction>();
  if (person === undefined || text === undefined) return rights;
  const editor = person.roles.includes('EDITOR');
  const own = author?._id === person.id && !hidden;
  if (parent === undefined && !hidden) rights.add('write');
  if (own) rights.add('edit');
  if (own || editor) rights.add('delete');
  if (editor) rights.add(hidden ? 'unhide' : 'hide');
  return rights;
}
