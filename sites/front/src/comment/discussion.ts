import { Type } from '@tsmicro/schema';
import type { Api, FormFaults, Person } from '@tsmicro/web';
import { type Beside, beside } from '../article/beside.ts';
import { type Listed, readListed } from '../article/listed.ts';
import { Comment } from '../blog.ts';
import type { Place } from './place.ts';

const pageSize = 20;
/** So many replies are one portion. */
const portionSize = 20;
const mostReplies = 1_000;

/** What somebody may do to a comment; replying is writing with a parent. */
export type CommentAction = 'write' | 'edit' | 'delete' | 'hide' | 'unhide';

/** Something that was to be done to the comments, and was not. */
export interface Failed {
  readonly action: CommentAction;
  /** The comment that was to be changed, or answered. */
  readonly id: string | undefined;
  /** What was typed. */
  readonly text: string;
  readonly faults: FormFaults;
}

/** The comments on an article, as one reader sees them. */
export interface Discussion {
  readonly place: Place;
  readonly person: Person | undefined;
  readonly list: Beside<Listed<Comment>>;
  /** Of the comments whose replies are shown. */
  readonly replies: ReadonlyMap<string, Beside<readonly Comment[]>>;
  readonly failed?: Failed | undefined;
}

function listComments(api: Api, blog: string, page: number): Promise<Listed<Comment>> {
  const path = `/blog/comments/blog/${blog}`;
  return readListed(page, pageSize, (part) => api.get(path, Type.Array(Comment), part));
}

function listReplies(api: Api, blog: string, parent: string, portions: number): Promise<Comment[]> {
  const limit = Math.min(portions * portionSize, mostReplies);
  return api.get(`/blog/comments/blog/${blog}`, Type.Array(Comment), { parent, limit });
}

/** Reads what is shown of the comments on the article with an id. */
export async function readDiscussion(
  api: Api,
  blog: string,
  place: Place,
  person: Person | undefined,
): Promise<Discussion> {
  const [list, ...replies] = await Promise.all([
    beside(listComments(api, blog, place.page)),
    ...[...place.open].map(
      async ([id, portions]) => [id, await beside(listReplies(api, blog, id, portions))] as const,
    ),
  ]);
  return { place, person, list, replies: new Map(replies) };
}

/** A comment among those that are shown. */
export function findShown({ list, replies }: Discussion, id: string): Comment | undefined {
  const shown = [
    ...('shown' in list ? list.shown.items : []),
    ...[...replies.values()].flatMap((one) => ('shown' in one ? one.shown : [])),
  ];
  return shown.find(({ _id }) => _id === id);
}
