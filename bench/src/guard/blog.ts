// The part of the blog service that authors use, made of the service's own classes, behind one guard or another.
import { connectNats, createRouter, type NatsClient } from '@tsmicro/micro';
import { createOutbox, openMongo } from '@tsmicro/mongo';
import { type GuardProviders, unauthorized } from '@tsmicro/network';
import { openRedis } from '@tsmicro/redis';
import { AuthorController } from '../../../services/blog/src/author/controller.ts';
import { AuthorService } from '../../../services/blog/src/author/service.ts';
import { BlogCache } from '../../../services/blog/src/blog/cache.ts';
import { blogCollection } from '../../../services/blog/src/blog/collection.ts';
import { BlogService } from '../../../services/blog/src/blog/service.ts';
import { slugParser } from '../../../services/blog/src/blog/slug.ts';
import { BlogStore } from '../../../services/blog/src/blog/store.ts';
import { IdentityClient, keepDecisions } from '../../../services/blog/src/identity/client.ts';
import {
  createAuthentication,
  createAuthorization,
  currentUser,
} from '../../../services/blog/src/identity/guard.ts';
import { IdentityService } from '../../../services/blog/src/identity/service.ts';
import { ProfileService } from '../../../services/blog/src/profile/service.ts';
import { ProfileStore } from '../../../services/blog/src/profile/store.ts';
import { author, type Guarding } from './author.ts';

/** As many as a page shows. */
const drafts = 10;

/** Two questions for each request: what a guard does that keeps nothing. */
function askingGuards(client: IdentityClient): GuardProviders {
  return {
    authentication: () => async (request) => {
      const header = request.headers.authorization;
      if (header === undefined) throw unauthorized('authorization header is missing');
      request.context.set(currentUser, await client.authenticate(header));
    },
    authorization:
      (...roles) =>
      async ({ context }) => {
        await client.authorize(context.get(currentUser), roles);
      },
  };
}

function guardsOf(guarding: Guarding, natsClient: NatsClient): GuardProviders {
  const client = new IdentityClient(natsClient);
  if (guarding === 'asked') return askingGuards(client);
  if (guarding === 'none') {
    return {
      authentication: () => (request) => request.context.set(currentUser, author),
      authorization: () => () => {},
    };
  }
  const identity = new IdentityService(client, keepDecisions(natsClient));
  return { authentication: createAuthentication(identity), authorization: createAuthorization(identity) };
}

/** Where everything is. */
export interface Surroundings {
  readonly guarding: Guarding;
  readonly natsUrl: string;
  readonly mongoUrl: string;
  readonly redisHost: string;
  readonly redisPort: number;
}

/** Opens the service with some drafts; resolves when it listens. */
export async function listen(port: number, given: string): Promise<void> {
  const { guarding, natsUrl, mongoUrl, redisHost, redisPort }: Surroundings = JSON.parse(given);
  const mongo = await openMongo({ url: mongoUrl, database: `bench_${guarding}`, maxPoolSize: 20 });
  const redis = await openRedis({ host: redisHost, port: redisPort });
  const natsClient = await connectNats({ natsUrl, natsServiceName: 'blog', natsServiceVersion: '1.0.0' });
  const store = new BlogStore(mongo, createOutbox(mongo, [blogCollection]));
  await store.createIndexes();
  for (let i = 0; i < drafts; i++) {
    const text = `What is read over and over, ${i}`;
    const words = {
      title: text,
      description: text,
      draftText: text,
      imgUrl: '/picture.png',
      tags: ['BENCH'],
    };
    await store.insert({ ...words, slug: `${guarding}-${i}` }, author.id);
  }
  const profiles = new ProfileService(new ProfileStore(mongo), new IdentityClient(natsClient));
  const service = new AuthorService(store, new BlogService(store, new BlogCache(redis), profiles));
  const router = createRouter({ natsClient });
  router.registerValidationParsers([slugParser]);
  router.loadControllers([new AuthorController(service, guardsOf(guarding, natsClient))]);
  await router.start({ host: '127.0.0.1', port });
}
