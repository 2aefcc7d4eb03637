import type { Controller, Module, NatsClient } from '@tsmicro/micro';
import type { Mongo } from '@tsmicro/mongo';
import type { ValidationParser } from '@tsmicro/network';
import type { Redis } from '@tsmicro/redis';
import { HealthController, type Readiness } from '@tsmicro/service';
import { AuthorController } from './author/controller.ts';
import { AuthorService } from './author/service.ts';
import { BlogCache } from './blog/cache.ts';
import { BlogController } from './blog/controller.ts';
import { BlogService } from './blog/service.ts';
import { slugParser } from './blog/slug.ts';
import { BlogStore } from './blog/store.ts';
import { EditorController } from './editor/controller.ts';
import { EditorService } from './editor/service.ts';
import { IdentityClient } from './identity/client.ts';
import { createAuthentication, createAuthorization } from './identity/guard.ts';
import { ListController } from './list/controller.ts';
import { ListService } from './list/service.ts';
import { ListStore } from './list/store.ts';

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
  /** Formats that the schemas of this service know besides the framework's. */
  validationParsers: readonly ValidationParser[];
}

/** Creates every part of the blog service. */
export function createModule({ mongo, redis, natsClient, readiness }: Connections): Module<Instance> {
  const identityClient = new IdentityClient(natsClient);
  const authentication = createAuthentication(identityClient);
  const authorization = createAuthorization(identityClient);
  const providers = { authentication, authorization };
  const blogStore = new BlogStore(mongo);
  const stores: readonly IndexedStore[] = [blogStore];
  const blogCache = new BlogCache(redis);
  const blogService = new BlogService(blogStore, blogCache, identityClient);
  const controllers: readonly Controller[] = [
    new HealthController(readiness),
    new BlogController(blogService),
    new ListController(new ListService(new ListStore(mongo), blogCache)),
    new AuthorController(new AuthorService(blogStore, blogService), providers),
    new EditorController(new EditorService(blogStore, blogService), providers),
  ];
  return {
    getInstance: () => ({ stores, validationParsers: [slugParser] }),
    controllers: () => controllers,
    rootMiddlewares: () => [],
    authenticationProvider: () => authentication,
    authorizationProvider: () => authorization,
  };
}
