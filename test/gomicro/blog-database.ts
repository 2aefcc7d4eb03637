import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Binary, type Document, type Mongo, ObjectId, openMongo } from '@tsmicro/mongo';
import { startMongo } from '@tsmicro/stack';
import type { Blog } from '../../services/blog/src/blog/model.ts';

/** What a blog is to be beside what gomicro gives every new one. */
export type BlogState = Partial<Omit<Blog, '_id'>> & Pick<Blog, 'title' | 'slug'>;

/** Go's driver writes a [16]byte, which is what its UUIDs are, as binary of subtype 0. */
export const goUuid = (id: string) => new Binary(Buffer.from(id.replaceAll('-', ''), 'hex'), 0);

/** A MongoDB database as gomicro has left it, on the tests' server or one of its own. */
export interface GomicroBlogs extends AsyncDisposable {
  url: string;
  /** Reads a document as Go's driver would into gomicro's struct. @throws where a field has another type */
  readAsGo(id: string): Promise<Document>;
  insert(authorId: string, ...states: readonly BlogState[]): Promise<string[]>;
}

/** Makes the database with the indexes that gomicro ensures at its start. */
export async function openGomicroBlogs(): Promise<GomicroBlogs> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startMongo({ url: process.env.MONGO_URL }));
  const database = `gomicro_${randomBytes(6).toString('hex')}`;
  const mongo = opening.use(await openMongo({ url: server.url, database }));
  opening.defer(async () => void (await mongo.db.dropDatabase()));
  const blogs = mongo.collection<Blog>('blogs');
  await blogs.createIndexes([
    { key: { slug: 1 }, unique: true },
    { key: { title: 'text', description: 'text' }, weights: { title: 3, description: 1 } },
    { key: { _id: 1, status: 1 } },
    { key: { published: 1, status: 1 } },
    { key: { _id: 1, published: 1, status: 1 } },
    { key: { slug: 1, published: 1, status: 1 } },
    { key: { tags: 1, published: 1, status: 1 } },
    // Not gomicro's: one that somebody made by hand, under a name of its own.
    { key: { submitted: 1, status: 1, updatedAt: -1 }, name: 'what editors look for' },
  ]);
  const opened = opening.move();
  return {
    url: withDatabase(server.url, database),
    readAsGo: (id) => readAsGo(mongo, id),
    async insert(authorId, ...states) {
      const documents = states.map((state) => newBlog(authorId, state));
      await blogs.insertMany(documents);
      return documents.map(({ _id }) => _id.toHexString());
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function withDatabase(url: string, database: string): string {
  const named = new URL(url);
  named.pathname = `/${database}`;
  return named.href;
}

function newBlog(authorId: string, state: BlogState): Blog {
  const [author, at] = [goUuid(authorId), new Date('2025-11-02T03:04:05.678Z')];
  return {
    _id: new ObjectId(),
    description: 'Written by a service in Go',
    draftText: 'A draft',
    tags: ['GO'],
    author,
    score: 0.01,
    submitted: false,
    drafted: true,
    published: false,
    status: true,
    createdBy: author,
    updatedBy: author,
    createdAt: at,
    updatedAt: at,
    ...state,
  };
}

const isText = (value: unknown) => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isTime = (value: unknown) => value instanceof Date;
/** Go's driver refuses any other subtype for a [16]byte. */
const isGoUuid = (value: unknown) =>
  value instanceof Binary && value.sub_type === Binary.SUBTYPE_DEFAULT && value.length() === 16;
const or = (check: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || value === null || check(value);

/** The fields of gomicro's struct; a pointer may be nil, and is no field then (omitempty). */
const struct: Record<keyof Blog, (value: unknown) => boolean> = {
  _id: (value) => value instanceof ObjectId,
  title: isText,
  description: isText,
  text: or(isText),
  draftText: isText,
  tags: (value) => Array.isArray(value) && value.every(isText),
  author: isGoUuid,
  imgUrl: or(isText),
  slug: isText,
  score: (value) => typeof value === 'number',
  submitted: isFlag,
  drafted: isFlag,
  published: isFlag,
  status: isFlag,
  publishedAt: or(isTime),
  createdBy: isGoUuid,
  updatedBy: isGoUuid,
  createdAt: isTime,
  updatedAt: isTime,
};

async function readAsGo(mongo: Mongo, id: string): Promise<Document> {
  const found = await mongo.collection('blogs').findOne({ _id: new ObjectId(id) });
  assert.ok(found, `there is no blog ${id}`);
  for (const [field, check] of Object.entries(struct)) assert.ok(check(found[field]), `${field} of ${id}`);
  return found;
}
