import type { RequestContext } from '@tsmicro/network';
import type { Api } from './api.ts';
import type { Form } from './form.ts';
import type { Person, SignedIn } from './person.ts';

/** One request of a person's browser, as handlers and layouts see it. */
export interface Visit {
  /** Without its query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What was sent; empty on GET. */
  readonly form: Form;
  /** Asks the gateway as this person, or as a stranger. */
  readonly api: Api;
  /** Who is signed in. */
  readonly person: Person | undefined;
  /** What the page before wanted this one to say. */
  readonly notice: string | undefined;
  readonly context: RequestContext;
  /** The address that the visitor comes from. */
  readonly client: string;
  /** What the browser calls itself. */
  readonly userAgent: string | undefined;
  /**
   * Who is signed in; somebody who is not is led to the sign-in and back. With a role, also that it is held now: what was
   * read of the person long ago counts for nothing.
   * @throws {SignInNeededError} when nobody is signed in
   * @throws {ApiError} 403 without the role, 503 when nobody can say
   */
  requirePerson(role?: string): Person;
  /** Begins a session, under a new secret, and ends the one before. */
  signIn(signedIn: SignedIn): Promise<void>;
  /** Forgets the session; that its tokens die is asked of the gateway before. */
  signOut(): Promise<void>;
  /** Reads the person again, after a change: by itself that happens every 30 s. */
  refreshPerson(): Promise<void>;
}
