import { blogEvents } from '@tsmicro/contracts-blog';
import type { Controller, EventDefinition, EventHandler, Module, NatsClient } from '@tsmicro/micro';
import { createOutbox, type Mongo, type Outbox } from '@tsmicro/mongo';
import type { ValidationParser } from '@tsmicro/network';
import type { Redis } from '@tsmicro/redis';
import { HealthController, type Readiness } from '@tsmicro/service';
import { AuthorController } from './author/controller.ts';
import { AuthorService } from './author/service.ts';
import { BlogCache } from './blog/cache.ts';
import { blogCollection } from './blog/collection.ts';
import { BlogController } from './blog/controller.ts';
import { BlogService } from './blog/service.ts';
import { slugParser } from './blog/slug.ts';
import { BlogStore } from './blog/store.ts';
import { authorHandlers } from './blog/subscriber.ts';
import { CommentController } from './comment/controller.ts';
import { CommentService } from './comment/service.ts';
import { CommentStore, commentCollection } from './comment/store.ts';
import { EditorController } from './editor/controller.ts';
import { EditorService } from './editor/service.ts';
import { IdentityClient, type KeptDecisions, keepDecisions } from './identity/client.ts';
import { createAuthentication, createAuthorization } from './identity/guard.ts';
import { IdentityService } from './identity/service.ts';
import { identityHandlers } from './identity/subscriber.ts';
import { ListController } from './list/controller.ts';
import { ListService } from './list/service.ts';
import { ListStore } from './list/store.ts';
import { ProfileService } from './profile/service.ts';
import { ProfileStore } from './profile/store.ts';
import { TagController } from './tag/controller.ts';
import { TagService } from './tag/service.ts';
import { TagStore } from './tag/store.ts';

/** The open connections that the service is built on. */
export interface Connections {
  mongo: Mongo;
  redis: Redis;
  natsClient: NatsClient;
  readiness: Readiness;
}

/** A store whose indexes are made at start-up. */
interface IndexedStore {
  createIndexes(): Promise<void>;
}

/** What a start-up job reaches by name. */
export interface Instance {
  stores: readonly IndexedStore[];
  /** Events that wait to be published. */
  events: Outbox;
  /** All kinds of them. */
  told: readonly EventDefinition[];
  /** What the auth service decided of late. */
  decisions: KeptDecisions;
  /** Events of the auth service that one of the instances handles. */
  shared: readonly EventHandler[];
  /** Events of the auth service that every instance hears. */
  heard: readonly EventHandler[];
  /** Formats that the schemas of this service know besides the framework's. */
  validationParsers: readonly ValidationParser[];
}

/** Creates every part of the blog service. */
export function createModule({ mongo, redis, natsClient, readiness }: Connections): Module<Instance> {
  const identityClient = new IdentityClient(natsClient);
  const decisions = keepDecisions(natsClient);
  const identity = new IdentityService(identityClient, decisions);
  const authentication = createAuthentication(identity);
  const authorization = createAuthorization(identity);
  const providers = { authentication, authorization };
  const events = createOutbox(mongo, [blogCollection, commentCollection]);
  const blogStore = new BlogStore(mongo, events);
  const commentStore = new CommentStore(mongo, events);
  const stores: readonly IndexedStore[] = [blogStore, commentStore, events];
  const blogCache = new BlogCache(redis);
  const profiles = new ProfileService(new ProfileStore(mongo), identityClient);
  const blogService = new BlogService(blogStore, blogCache, profiles);
  const comments = new CommentService({ store: commentStore, blogs: blogStore, profiles, identity });
  const controllers: readonly Controller[] = [
    new HealthController(readiness),
    new BlogController(blogService),
    new ListController(new ListService(new ListStore(mongo), blogCache)),
    new AuthorController(new AuthorService(blogStore, blogService), providers),
    new EditorController(new EditorService(blogStore, blogService), providers),
    new TagController(new TagService(new TagStore(mongo), blogCache), providers),
    new CommentController(comments, providers),
  ];
  return {
    getInstance: () => ({
      stores,
      events,
      told: blogEvents,
      decisions,
      shared: authorHandlers(blogService),
      heard: identityHandlers(identity),
      validationParsers: [slugParser],
    }),
    controllers: () => controllers,
    rootMiddlewares: () => [],
    authenticationProvider: () => authentication,
    authorizationProvider: () => authorization,
  };
}
