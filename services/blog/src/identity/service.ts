import { hash } from 'node:crypto';
import { forbidden } from '@tsmicro/network';
import type { Caller } from './caller.ts';
import { type IdentityClient, isUnknownEndpoint, type KeptDecisions } from './client.ts';

/** How long an auth service that knows no decisions is not asked for one again. */
const gomicroMs = 30_000;

/**
 * Knows who sends a request and what they may do: from the auth service, whose decisions are kept for as long as it says
 * what changes them. An auth service of gomicro says no such thing: of its answers none is kept.
 */
export class IdentityService {
  readonly #client: IdentityClient;
  readonly #decisions: KeptDecisions;
  #gomicroUntil = Number.NEGATIVE_INFINITY;

  constructor(client: IdentityClient, decisions: KeptDecisions) {
    this.#client = client;
    this.#decisions = decisions;
  }

  /** Who stands behind a whole authorization header. @throws {ApiError} 401; 503, 504 when nobody can tell */
  async identify(header: string): Promise<Caller> {
    if (performance.now() < this.#gomicroUntil) return { user: await this.#client.authenticate(header) };
    try {
      return await this.#decisions.through(digestOf(header), () => this.#client.decide(header));
    } catch (error) {
      if (!isUnknownEndpoint(error)) throw error;
      const user = await this.#client.authenticate(header);
      this.#gomicroUntil = performance.now() + gomicroMs;
      return { user };
    }
  }

  /** Forgets what was decided about these users and sessions. */
  forget(...ids: readonly string[]): void {
    this.#decisions.drop(ids);
  }

  /** Lets pass who holds one of the roles. @throws {ApiError} 403; 503, 504 when nobody can tell */
  async authorize({ user, roles: held }: Caller, roles: readonly string[]): Promise<void> {
    if (held === undefined) await this.#client.authorize(user, roles);
    else if (!roles.some((role) => held.includes(role)))
      throw forbidden('permission denied: role is missing');
  }
}

/** Tokens are not kept: what cannot be read cannot be used. */
const digestOf = (header: string) => hash('sha256', header, 'base64url');
