import type { User } from '@tsmicro/contracts-auth';
import { ApiError } from '@tsmicro/network';
import { type IdentityClient, isUnknownEndpoint } from '../identity/client.ts';
import type { Profile } from './model.ts';
import type { ProfileStore } from './store.ts';

/** As many as one question takes. */
const mostAtOnce = 100;

/**
 * Knows how users are called, from a copy of its own that the auth service's events keep right: a new name is here within
 * a second, not at once. Only who has never been heard of is asked for.
 */
export class ProfileService {
  readonly #store: ProfileStore;
  readonly #client: IdentityClient;

  constructor(store: ProfileStore, client: IdentityClient) {
    this.#store = store;
    this.#client = client;
  }

  /** The profiles of those users who are known to anybody, by their ids. @throws {ApiError} 503, 504 when auth is away */
  async find(ids: Iterable<string>): Promise<Map<string, Profile>> {
    const wanted = [...new Set(ids)];
    const profiles = new Map((await this.#store.find(wanted)).map((profile) => [profile.id, profile]));
    const missing = wanted.filter((id) => !profiles.has(id));
    for (let at = 0; at < missing.length; at += mostAtOnce) {
      for (const profile of await this.#fetch(missing.slice(at, at + mostAtOnce))) {
        profiles.set(profile.id, profile);
      }
    }
    return profiles;
  }

  /** Takes down what an event said of a user at a time. */
  async learn(profile: Profile, toldAt: Date): Promise<void> {
    await this.#store.put(profile, toldAt);
  }

  async #fetch(ids: readonly string[]): Promise<Profile[]> {
    const profiles = (await this.#findUsers(ids)).map(({ id, name, profilePicUrl }) => ({
      id,
      name,
      ...(profilePicUrl ? { profilePicUrl } : {}),
    }));
    await Promise.all(profiles.map((profile) => this.#store.add(profile)));
    return profiles;
  }

  async #findUsers(ids: readonly string[]): Promise<User[]> {
    try {
      return await this.#client.findUsers(ids);
    } catch (error) {
      if (!isUnknownEndpoint(error)) throw error;
    }
    // An auth service of gomicro is asked for one at a time.
    const users: User[] = [];
    for (const id of ids) {
      const user = await this.#findUser(id);
      if (user !== undefined) users.push(user);
    }
    return users;
  }

  async #findUser(id: string): Promise<User | undefined> {
    try {
      return await this.#client.getUser(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}
