import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  RoleCode,
  type UserShown,
  userDeactivated,
  userRegistered,
  userUpdated,
} from '@tsmicro/contracts-auth';
import type { EventOutbox, EventRecord } from '@tsmicro/dependency';
import { connectNats, createEvent, openEventRelay } from '@tsmicro/micro';
import { openMongo, toUuidBinary } from '@tsmicro/mongo';
import { BlogClient, expectOk } from './blog-client.ts';
import { type BlogFixture, eventually, openBlogFixture, openBlogServer } from './blog-fixture.ts';

/** Events of the auth service, told by its own relay. */
class Told implements EventOutbox {
  readonly #waiting: EventRecord[] = [];

  add(event: EventRecord): void {
    this.#waiting.push(event);
  }

  async pending(limit: number): Promise<EventRecord[]> {
    return this.#waiting.slice(0, limit);
  }

  async sent(events: readonly EventRecord[]): Promise<void> {
    for (const event of events) this.#waiting.splice(this.#waiting.indexOf(event), 1);
  }

  async backlog() {
    return { count: this.#waiting.length };
  }
}

describe('names of authors', () => {
  let blogs: BlogFixture;
  let second: Awaited<ReturnType<typeof openBlogServer>>;
  let readers: BlogClient[];
  let tell: (event: EventRecord) => void;
  const opened = new AsyncDisposableStack();
  before(async () => {
    blogs = opened.use(await openBlogFixture());
    second = opened.use(await openBlogServer(blogs.surroundings));
    readers = [blogs.anyone, blogs.anyone.at(second.address)];
    const natsUrl = blogs.surroundings.nats.url;
    const auth = { natsUrl, natsServiceName: 'auth', natsServiceVersion: '1.0.0' };
    const natsClient = opened.use(await connectNats(auth));
    const told = new Told();
    const relay = opened.use(openEventRelay(natsClient, told));
    tell = (event) => {
      told.add(event);
      relay.nudge();
    };
  });
  after(() => opened.disposeAsync());

  const updated = (user: UserShown, at = new Date()): EventRecord => ({
    ...createEvent(userUpdated, user.id, user),
    time: at.toISOString(),
  });

  const shownBy = async (reader: BlogClient, id: string) => expectOk(await reader.read(id)).data.author;

  /** Until every instance shows it. */
  const untilShown = (id: string, name: string) =>
    eventually(
      () => Promise.all(readers.map((reader) => shownBy(reader, id))),
      (authors) => authors.every((author) => author.name === name),
      10_000,
    );

  test('a new name is soon shown in every instance, also where the old one was cached; the picture goes with it', async () => {
    const { author, editor } = blogs;
    const { id, name, profilePicUrl } = author.user;
    const { _id } = await author.createPublished(editor);
    for (const reader of readers) {
      assert.deepEqual(await shownBy(reader, _id), { _id: id, name, profilePicUrl });
    }
    tell(updated({ id, name: 'Ann the Second' }));
    await untilShown(_id, 'Ann the Second');
    for (const reader of readers) {
      assert.deepEqual(await shownBy(reader, _id), { _id: id, name: 'Ann the Second' });
    }
  });

  test('what an older event tells, later or once more, changes nothing', async () => {
    const { otherAuthor: author, editor } = blogs;
    const { id } = author.user;
    const { _id } = await author.createPublished(editor);
    const now = Date.now();
    tell(updated({ id, name: 'Olaf 2' }, new Date(now)));
    await untilShown(_id, 'Olaf 2');
    const old = updated({ id, name: 'Olaf 1' }, new Date(now - 60_000));
    tell(old);
    tell({ ...old, id: createEvent(userDeactivated, id, { id }).id });
    // Events are handled one after the other: when this one has been, the older one has.
    const { user } = blogs.editor;
    const mark = await editor.at(second.address).get('/editor/submitted');
    expectOk(mark);
    tell(createEvent(userRegistered, user.id, { id: user.id, name: 'Mark' }));
    await eventually(
      async () => nameStoredOf(user.id),
      (name) => name === 'Mark',
      10_000,
    );
    assert.equal((await shownBy(blogs.anyone, _id)).name, 'Olaf 2');
    assert.equal(await nameStoredOf(id), 'Olaf 2');
  });

  test('who signed up while the auth service could be heard is known here without being asked for; who is gone stays', async () => {
    const { auth } = blogs.surroundings;
    const account = auth.add('nora', RoleCode.Author);
    const { id, name } = account.user;
    tell(createEvent(userRegistered, id, { id, name }));
    await eventually(
      async () => nameStoredOf(id),
      (stored) => stored === name,
      10_000,
    );
    const { _id } = await new BlogClient(second.address, account).createPublished(blogs.editor);
    tell(createEvent(userDeactivated, id, { id }));
    auth.remove(account.user);
    const before = auth.asked.profile;
    for (const reader of readers) assert.equal((await shownBy(reader, _id)).name, name);
    assert.equal(auth.asked.profile, before);
  });

  async function nameStoredOf(id: string): Promise<string | undefined> {
    const { mongo, database } = blogs.surroundings;
    await using direct = await openMongo({ url: mongo.url, database });
    const found = await direct
      .collection<{ _id: object; name: string }>('authors')
      .findOne({ _id: toUuidBinary(id) });
    return found?.name;
  }
});
