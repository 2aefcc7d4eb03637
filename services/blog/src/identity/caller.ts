import type { User } from '@tsmicro/contracts-auth';
import { createContextKey } from '@tsmicro/network';

/** Who sends a request. */
export interface Caller {
  readonly user: User;
  /** The codes of all roles held, where the auth service has told them together with the user. */
  readonly roles?: readonly string[] | undefined;
}

/** Who sends the request, and what may be known of the roles; set by the guard that authenticates. */
export const currentCaller = createContextKey<Caller>('caller');
