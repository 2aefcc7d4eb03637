import { ApiError, createContextKey, type Guard } from '@tsmicro/network';

/** Whether the caller may see hidden comments; set by {@link createSight}. */
export const seesHidden = createContextKey<boolean>('seesHidden');

/**
 * The guard of what everybody may read and editors see more of. A caller without a token is anybody; a token that is
 * shown has to be good (401). While nobody can tell whose it is, its bearer sees what anybody sees.
 */
export function createSight(authentication: Guard, authorization: Guard): Guard {
  return async (request) => {
    const shown = Boolean(request.headers.authorization?.trim());
    const passes = async () => {
      await authentication(request);
      await authorization(request);
      return true;
    };
    request.context.set(seesHidden, shown && (await passes().catch(orAnybody)));
  };
}

function orAnybody(error: unknown): false {
  if (error instanceof ApiError && (error.status === 403 || error.status >= 503)) return false;
  throw error;
}
