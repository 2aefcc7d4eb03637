import { authentication, authorization, profileUser, type User } from '@tsmicro/contracts-auth';
import { type NatsClient, requestNats } from '@tsmicro/micro';

/** The questions to the auth service. Its errors come through as they are; 503 and 504 when it is away or hangs. */
export class IdentityClient {
  readonly #natsClient: NatsClient;

  constructor(natsClient: NatsClient) {
    this.#natsClient = natsClient;
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
}
