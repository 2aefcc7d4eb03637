import { userRegistered, userUpdated } from '@tsmicro/contracts-auth';
import { type EventHandler, onEvent } from '@tsmicro/micro';
import type { BlogService } from './service.ts';

/** What one of the instances does when it is told of a user; the same once more changes nothing. */
export function authorHandlers(blogs: BlogService): EventHandler[] {
  return [userRegistered, userUpdated].map((told) =>
    onEvent(told, ({ data, time }) => blogs.rename(data, new Date(time))),
  );
}
