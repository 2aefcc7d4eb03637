import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RunningService } from '@tsmicro/service';
import type { Comment } from '../src/comment/dto.ts';
import { type BlogClient, expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture, openBlogServer } from './blog-fixture.ts';

describe('comments that are changed at the same moment, on two instances', () => {
  let blogs: BlogFixture;
  let second: RunningService;
  let blog: string;
  before(async () => {
    blogs = await openBlogFixture();
    second = await openBlogServer(blogs.surroundings);
    blog = (await blogs.author.createPublished(blogs.editor))._id;
  });
  after(async () => {
    await second.close();
    await blogs[Symbol.asyncDispose]();
  });

  const rounds = Array.from({ length: 20 }, (_, i) => i);
  const atOnce = 5;
  /** Runs every round, a few at once: more would wait for each other than race. */
  async function each<T>(round: (i: number) => Promise<T>): Promise<T[]> {
    const outcomes: T[] = [];
    for (let i = 0; i < rounds.length; i += atOnce) {
      outcomes.push(...(await Promise.all(rounds.slice(i, i + atOnce).map(round))));
    }
    return outcomes;
  }
  const at = (client: BlogClient, i: number) => (i % 2 ? client.at(second.address) : client);
  const write = (by: BlogClient, parent?: Comment) =>
    by.call<Comment>('POST', `/comments/blog/${blog}`, { text: 'x', parent: parent?._id });
  const remove = (by: BlogClient, { _id }: Pick<Comment, '_id'>) => by.call('DELETE', `/comments/id/${_id}`);
  const tops = async () =>
    new Map(
      expectOk(await blogs.anyone.get<Comment[]>(`/comments/blog/${blog}?limit=1000`)).data.map((one) => [
        one._id,
        one,
      ]),
    );
  const comment = async (by: BlogClient, parent?: Comment) => expectOk(await write(by, parent)).data;

  test('a reply beside the deletion of its parent: refused, or there below a stub that counts it', async () => {
    const outcomes = await each(async (i) => {
      const parent = await comment(blogs.author);
      const [reply, removal] = await Promise.all([
        write(at(blogs.learner, i), parent),
        remove(at(blogs.author, i + 1), parent),
      ]);
      return { parent, reply, removal };
    });
    const shown = await tops();
    for (const { parent, reply, removal } of outcomes) {
      assert.equal(removal.status, 200, removal.message);
      const stub = shown.get(parent._id);
      if (reply.status === 200) assert.deepEqual([stub?.replies, stub?.text], [1, undefined]);
      else assert.deepEqual([reply.status, reply.message, stub], [404, 'comment not found', undefined]);
    }
  });

  test('the last two replies of a stub deleted at once take it along', async () => {
    const stubs = await each(async (i) => {
      const parent = await comment(blogs.author);
      const replies = [await comment(blogs.learner, parent), await comment(blogs.learner, parent)];
      expectOk(await remove(blogs.author, parent));
      const removals = await Promise.all(replies.map((reply, k) => remove(at(blogs.learner, i + k), reply)));
      removals.forEach(expectOk);
      return parent;
    });
    const shown = await tops();
    for (const { _id } of stubs) assert.equal(shown.get(_id), undefined);
  });

  test('a comment and its reply deleted beside another reply: nothing is left over, no count is wrong', async () => {
    const outcomes = await each(async (i) => {
      const parent = await comment(blogs.author);
      const reply = await comment(blogs.learner, parent);
      const [first, second, another] = await Promise.all([
        remove(at(blogs.author, i), parent),
        remove(at(blogs.learner, i + 1), reply),
        write(at(blogs.learner, i), parent),
      ]);
      assert.deepEqual([first.status, second.status], [200, 200]);
      return { parent, another };
    });
    const shown = await tops();
    for (const { parent, another } of outcomes) {
      const wanted = another.status === 200 ? 1 : undefined;
      assert.equal(shown.get(parent._id)?.replies, wanted, another.message);
    }
  });

  test('of parallel deletions of one comment one succeeds, and no change comes after it', async () => {
    const { _id } = await comment(blogs.learner);
    const ten = rounds.slice(0, 10);
    const removals = ten.map((i) => remove(at(blogs.learner, i), { _id }));
    const edits = ten.map((i) => at(blogs.learner, i).put(`/comments/id/${_id}`, { text: 'changed' }));
    const answers = await Promise.all([...removals, ...edits]);
    assert.equal(answers.slice(0, 10).filter(({ status }) => status === 200).length, 1);
    for (const { status, message } of answers) assert.ok(status === 200 || status === 404, message);
    assert.equal((await tops()).get(_id), undefined);
  });
});
