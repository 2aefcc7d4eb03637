import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RoleCode } from '@tsmicro/contracts-auth';
import { AuthResponder } from './auth-responder.ts';
import { BlogClient, expectOk } from './blog-client.ts';
import {
  createClients,
  eventually,
  openBlogServer,
  openSurroundings,
  type Surroundings,
} from './blog-fixture.ts';
import { BlogProcess } from './blog-process.ts';

const drafts = '/author/drafts';

describe('decisions of the auth service, kept by two instances', () => {
  let surroundings: Surroundings;
  let first: Awaited<ReturnType<typeof openBlogServer>>;
  let second: BlogProcess;
  let addresses: [string, string];
  before(async () => {
    surroundings = await openSurroundings();
    first = await openBlogServer(surroundings);
    second = new BlogProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    const { address = '' } = await second.line('blog is ready');
    addresses = [first.address, address];
  });
  after(async () => {
    await second[Symbol.asyncDispose]();
    await first.close();
    await surroundings[Symbol.asyncDispose]();
  });

  /** One caller at each of the instances. */
  function callers(...roles: RoleCode[]): [BlogClient, BlogClient] {
    const account = surroundings.auth.add('ann', ...roles);
    const [here, there] = addresses;
    return [new BlogClient(here, account), new BlogClient(there, account)];
  }

  const statuses = (clients: readonly BlogClient[], path = drafts) =>
    Promise.all(clients.map(async (client) => (await client.get(path)).status));

  /** Until a further request is answered by what is kept. */
  async function warm(clients: readonly BlogClient[]): Promise<void> {
    const { asked } = surroundings.auth;
    const askedFor = async () => {
      const before = asked.decision;
      assert.deepEqual(await statuses(clients), [200, 200]);
      return asked.decision - before;
    };
    await eventually(askedFor, (count) => count === 0);
  }

  test('a decision is asked for once, with all roles, whatever the path asks for', async () => {
    const clients = callers(RoleCode.Author, RoleCode.Editor);
    await warm(clients);
    const { asked } = surroundings.auth;
    const before = { ...asked };
    for (let i = 0; i < 20; i++) {
      assert.deepEqual(await statuses(clients), [200, 200]);
      assert.deepEqual(await statuses(clients, '/editor/submitted'), [200, 200]);
    }
    assert.deepEqual(asked, before);
  });

  test('two hundred at once ask once in each instance', async () => {
    const { asked } = surroundings.auth;
    const askedFor = async () => {
      const before = asked.decision;
      const clients = callers(RoleCode.Author);
      await Promise.all(Array.from({ length: 100 }, () => statuses(clients)));
      return asked.decision - before;
    };
    await eventually(askedFor, (count) => count === 2, 20_000);
  });

  test('after a sign-out nobody passes, in either instance', async () => {
    for (let round = 0; round < 20; round++) {
      const clients = callers(RoleCode.Author);
      await warm(clients);
      await surroundings.auth.signOut(clients[0].authorization);
      assert.deepEqual(await statuses(clients), [401, 401]);
    }
  });

  test('a sign-out under load lets nobody in who asks after it', async () => {
    for (let round = 0; round < 5; round++) {
      const clients = callers(RoleCode.Author);
      let ended = false;
      const load = clients.flatMap((client) =>
        Array.from({ length: 8 }, async () => {
          for (let after = 0; after < 5; ) {
            const endedBefore = ended;
            const { status } = await client.get(drafts);
            if (!endedBefore) continue;
            assert.equal(status, 401);
            after++;
          }
        }),
      );
      await warm(clients);
      await surroundings.auth.signOut(clients[0].authorization);
      ended = true;
      await Promise.all(load);
    }
  });

  test('roles bite at the next request, those that are lost and those that are won', async () => {
    const clients = callers(RoleCode.Author);
    await warm(clients);
    assert.deepEqual(await statuses(clients, '/editor/submitted'), [403, 403]);
    await surroundings.auth.setRoles(clients[0].user, RoleCode.Editor);
    assert.deepEqual(await statuses(clients), [403, 403]);
    assert.deepEqual(await statuses(clients, '/editor/submitted'), [200, 200]);
  });

  test('an instance that was stopped meanwhile trusts nothing that it knew', async () => {
    const clients = callers(RoleCode.Author);
    await warm(clients);
    second.child.kill('SIGSTOP');
    try {
      const began = performance.now();
      await surroundings.auth.signOut(clients[0].authorization);
      assert.ok(
        performance.now() - began < 2_000,
        'a stopped instance holds up a sign-out for little more than a second',
      );
    } finally {
      second.child.kill('SIGCONT');
    }
    assert.deepEqual(await statuses(clients), [401, 401]);
  });

  test('NATS away: what is kept is not used, and the answer is 503, never a denial; all is well after its return', async () => {
    const clients = callers(RoleCode.Author);
    await warm(clients);
    const { nats } = surroundings;
    await nats.kill();
    try {
      const away = ([one, other]: number[]) => one === 503 && other === 503;
      const seen = new Set<number>();
      const ask = async () => {
        const both = await statuses(clients);
        for (const status of both) seen.add(status);
        return both;
      };
      await eventually(ask, away, 2_000);
      assert.deepEqual(await statuses(clients), [503, 503]);
      assert.ok([...seen].every((status) => status === 200 || status === 503));
    } finally {
      await nats.start();
    }
    await eventually(
      () => statuses(clients),
      (both) => both.every((status) => status === 200),
      5_000,
    );
    await warm(clients);
    await surroundings.auth.signOut(clients[0].authorization);
    assert.deepEqual(await statuses(clients), [401, 401]);
  });
});

test("an auth service of gomicro's, which tells nothing, is asked for every request", async () => {
  await using surroundings = await openSurroundings(new AuthResponder({ gomicro: true }));
  await using server = await openBlogServer(surroundings);
  const { author, editor, learner } = createClients(surroundings, server.address);
  const { asked } = surroundings.auth;
  for (let i = 0; i < 3; i++) expectOk(await author.get(drafts));
  assert.equal((await learner.get(drafts)).status, 403);
  assert.deepEqual([asked.authentication, asked.authorization], [4, 4]);
  const blog = await author.createPublished(editor);
  assert.equal(expectOk(await author.read(blog._id)).data.author.name, author.user.name);
  await surroundings.auth.signOut(author.authorization);
  assert.equal((await author.get(drafts)).status, 401);
});
