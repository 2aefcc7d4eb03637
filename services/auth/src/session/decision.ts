import { randomBytes } from 'node:crypto';
import type { DecisionChange, KeptSession, KeptSubject, OpenSession, Subject } from './model.ts';

/** Where decisions come from; each is one query. */
export interface DecisionSource {
  find(userId: string, primaryKey: string): Promise<OpenSession | undefined>;
  findSubject(userId: string): Promise<Subject | undefined>;
}

/** A cache that is never stale, as far as it is used here. */
export interface NeverStale<T> {
  peek(key: string): Promise<T | undefined>;
  through(key: string, load: () => Promise<T>): Promise<T>;
  drop(...keys: string[]): Promise<void>;
}

/** What decisions are built on. */
export interface DecisionParts {
  source: DecisionSource;
  /** By the primary key of a session. */
  sessions: NeverStale<KeptSession | undefined>;
  /** By the id of a user, in lower case. */
  subjects: NeverStale<KeptSubject | undefined>;
  /** Tells those who keep our answers. */
  notices: { tell(change: DecisionChange): Promise<void> };
}

const createStamp = () => randomBytes(9).toString('base64url');

/**
 * Whose session a key stands for, and what a user may do. A session is kept with the stamp of the user it was found beside,
 * which was looked up before it: to drop a user ends all that is kept of the user's sessions, without a list of them. What is
 * not in force is never kept.
 */
export class Decisions {
  readonly #parts: DecisionParts;
  readonly #drops = new Map<string, Promise<void>>();

  constructor(parts: DecisionParts) {
    this.#parts = parts;
  }

  /** The session in force with this primary key, its active user and the roles held. */
  async find(userId: string, primaryKey: string): Promise<OpenSession | undefined> {
    const { sessions, subjects } = this.#parts;
    const [session, subject] = await Promise.all([sessions.peek(primaryKey), subjects.peek(userId)]);
    if (session !== undefined && session.stamp === subject?.stamp) return toOpen(session, subject, userId);
    if (session !== undefined) await this.#dropOutdated(primaryKey);
    return this.#load(userId, primaryKey);
  }

  /** The active user with this id, and the roles held. */
  async findSubject(userId: string): Promise<KeptSubject | undefined> {
    const { source, subjects } = this.#parts;
    return subjects.through(userId, async () => {
      const stamp = createStamp();
      const subject = await source.findSubject(userId);
      return subject && { ...subject, stamp };
    });
  }

  /**
   * To be awaited after the commit of what changed a user, the roles or a session, and before that is acknowledged:
   * afterwards nobody goes by what was before. Never throws. It takes a round trip to Redis and one to NATS where all is well,
   * and little more than a second where somebody hangs.
   */
  async tell({ users = [], sessions: keys = [] }: DecisionChange): Promise<void> {
    const { sessions, subjects, notices } = this.#parts;
    const ids = users.map((id) => id.toLowerCase());
    await Promise.all([sessions.drop(...keys), subjects.drop(...ids)]);
    // Told last: whoever then asks anew must not be given what was kept here.
    await notices.tell({ users: ids, sessions: keys });
  }

  /** Makes room for what {@link #load} finds; once for all who see the same at the same time. */
  #dropOutdated(primaryKey: string): Promise<void> {
    let drop = this.#drops.get(primaryKey);
    if (drop === undefined) {
      drop = this.#parts.sessions.drop(primaryKey).finally(() => this.#drops.delete(primaryKey));
      this.#drops.set(primaryKey, drop);
    }
    return drop;
  }

  /** One query for both: it begins when both have been looked for, so that neither is kept past a later change. */
  async #load(userId: string, primaryKey: string): Promise<OpenSession | undefined> {
    const { source, sessions, subjects } = this.#parts;
    let asked = false;
    let found: OpenSession | undefined;
    const ask = async () => {
      asked = true;
      found = await source.find(userId, primaryKey);
      return found;
    };
    const session = await sessions.through(primaryKey, async () => {
      const subject = await subjects.through(userId, async () => {
        const stamp = createStamp();
        // Whoever waits for the user with us may come with another session, one that is in force.
        const { user, roles } = (await ask()) ?? (await source.findSubject(userId)) ?? {};
        return user && roles && { user, roles, stamp };
      });
      const open = asked ? found : await ask();
      return open && subject && { id: open.id, userId, stamp: subject.stamp };
    });
    if (asked) return found;
    if (session === undefined) return undefined;
    // Another request looked the session up. Where the user changed since, it is looked up again.
    const subject = await this.findSubject(userId);
    if (session.stamp === subject?.stamp) return toOpen(session, subject, userId);
    return source.find(userId, primaryKey);
  }
}

/** A token of ours says whose it is, too: it has to be the same user. */
function toOpen(
  { id, userId }: KeptSession,
  { user, roles }: Subject,
  claimedId: string,
): OpenSession | undefined {
  return userId === claimedId ? { id, user, roles } : undefined;
}
