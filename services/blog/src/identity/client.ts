import {
  authentication,
  authorization,
  type Decision,
  type DecisionNotice,
  decision,
  decisionNotice,
  profileUser,
  profileUsers,
  type User,
} from '@tsmicro/contracts-auth';
import {
  type KeptAnswers,
  keepAnswers,
  type NatsClient,
  NoResponderError,
  requestNats,
} from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';

/** The questions to the auth service. Its errors come through as they are; 503 and 504 when it is away or hangs. */
export class IdentityClient {
  readonly #natsClient: NatsClient;

  constructor(natsClient: NatsClient) {
    this.#natsClient = natsClient;
  }

  /** The user behind a whole authorization header, with all roles. @throws {ApiError} 401 */
  decide(header: string): Promise<Decision> {
    return requestNats(this.#natsClient, decision, { value: header });
  }

  /** The user behind a whole authorization header. @throws {ApiError} 401 */
  authenticate(header: string): Promise<User> {
    return requestNats(this.#natsClient, authentication, { value: header });
  }

  /** The user, who holds one of the roles. @throws {ApiError} 403 */
  authorize(user: User, roles: readonly string[]): Promise<User> {
    return requestNats(this.#natsClient, authorization, { user, roles: [...roles] });
  }

  /** The user with this id. @throws {ApiError} 404 */
  getUser(id: string): Promise<User> {
    return requestNats(this.#natsClient, profileUser, { value: id });
  }

  /** The users with these ids, up to 100; unknown ones are left out. */
  async findUsers(ids: readonly string[]): Promise<User[]> {
    return (await requestNats(this.#natsClient, profileUsers, { ids: [...ids] })).users;
  }
}

/** Whether it failed because no auth service has that endpoint: there is none, or only one of gomicro. */
export function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof ApiError && error.cause instanceof NoResponderError;
}

/** What the auth service decided about tokens, by the digest of the header. */
export type KeptDecisions = KeptAnswers<Decision, typeof DecisionNotice>;

/** Keeps decisions for as long as the auth service says what changes them, 30 s and the token's own life at most. */
export function keepDecisions(natsClient: NatsClient): KeptDecisions {
  return keepAnswers<Decision, typeof DecisionNotice>(natsClient, {
    notice: decisionNotice,
    subjectsOf: ({ user, session }) => [user.id, session],
    concernedBy: ({ users, sessions }) =>
      users === undefined && sessions === undefined ? undefined : [...(users ?? []), ...(sessions ?? [])],
    expiresAt: ({ expiresAt }) => expiresAt * 1_000,
  });
}
