import { decisionNotice } from '@tsmicro/contracts-auth';
import { type NatsClient, type NoticeTeller, openNoticeTeller } from '@tsmicro/micro';
import type { DecisionChange } from './model.ts';

/** As many as one notice may name. */
const maxNamed = 1_000;

/** Tells all who keep decisions of ours which of them hold no longer. */
export class DecisionNotices implements AsyncDisposable {
  readonly #teller: NoticeTeller<typeof decisionNotice.data>;

  /** Use {@link openDecisionNotices}. */
  constructor(teller: NoticeTeller<typeof decisionNotice.data>) {
    this.#teller = teller;
  }

  /** Returns when nobody goes by such a decision any more. Never throws. */
  async tell({ users = [], sessions = [] }: DecisionChange): Promise<void> {
    const notices = [];
    for (let at = 0; at < Math.max(users.length, sessions.length); at += maxNamed) {
      const [someUsers, someSessions] = [users, sessions].map((all) => all.slice(at, at + maxNamed));
      notices.push({ users: someUsers ?? [], sessions: someSessions ?? [] });
    }
    await Promise.all(notices.map((notice) => this.#teller.tell(notice)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#teller.close();
  }
}

/** Follows those who keep decisions from now on. */
export async function openDecisionNotices(natsClient: NatsClient): Promise<DecisionNotices> {
  return new DecisionNotices(await openNoticeTeller(natsClient, decisionNotice));
}
