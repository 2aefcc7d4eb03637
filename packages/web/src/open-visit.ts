import { isFault } from '@tsmicro/dependency';
import { ApiError, clientAddressOf, type Exchange, forbidden, type RequestContext } from '@tsmicro/network';
import type { Api } from './api.ts';
import { Form } from './form.ts';
import type { GatewayClient, Visitor } from './gateway-client.ts';
import type { Person, SignedIn } from './person.ts';
import { SignInNeededError } from './session/errors.ts';
import type { Session } from './session/session.ts';
import type { Sessions } from './session/sessions.ts';
import type { Visit } from './visit.ts';
import { type Credentials, VisitorApi } from './visitor-api.ts';

/** How old what is known of a person may be before it is read again. */
const freshMs = 30_000;
/** A page waits no longer for what it does not need. */
const refreshMs = 1_000;
const strangerNotice =
  'Who you are cannot be checked right now: until it can, you see what everybody may see. You are not signed out.';

/** What visits are made with. */
export interface Backing {
  readonly sessions: Sessions;
  readonly gateway: GatewayClient;
}

/** A visit that a site has let in. Its session, and what of it goes back to the browser, may change while it lasts. */
export class OpenVisit implements Visit, Credentials {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly form: Form;
  readonly api: Api;
  readonly context: RequestContext;
  readonly client: string;
  readonly userAgent: string | undefined;
  /** Headers `set-cookie` that the answer has to carry. */
  readonly cookies: string[] = [];
  readonly #exchange: Exchange;
  readonly #sessions: Sessions;
  #notice: string | undefined;
  #session: Session | undefined;
  /** Why nobody can say who this is, or whether the person is still what they were. */
  #doubt: ApiError | undefined;

  /** As a stranger's. */
  constructor(exchange: Exchange, { sessions, gateway }: Backing, form: Form = new Form()) {
    const { url, path, headers, context } = exchange;
    this.path = path;
    this.params = exchange.params as Readonly<Record<string, string>>;
    this.query = new URLSearchParams(url.slice(path.length + 1));
    this.form = form;
    this.context = context;
    this.client = clientAddressOf(exchange);
    this.userAgent = headers['user-agent'];
    this.#notice = sessions.cookies.readNotice(headers);
    this.#exchange = exchange;
    this.#sessions = sessions;
    this.api = new VisitorApi(gateway, this, this);
  }

  /**
   * Finds the session and, now and then, reads its person again. A session that is over is forgotten.
   * @returns why nobody can say who this is while Redis is away, when what needs a person fails as that says; the browser
   * keeps its cookie, and with it the session
   */
  async recognise(): Promise<ApiError | undefined> {
    try {
      await this.#findSession();
      return undefined;
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#doubt = this.context.toApiError(error);
      return this.#doubt;
    }
  }

  /** The page is what a stranger sees, and says so. */
  goOnAsStranger(): void {
    this.#notice = [this.#notice, strangerNotice].filter((notice) => notice !== undefined).join(' ');
  }

  get notice(): string | undefined {
    return this.#notice;
  }

  get person(): Person | undefined {
    return this.#session?.person;
  }

  accessToken(): string | undefined {
    return this.#session?.accessToken();
  }

  async renew(refused: string, visitor: Visitor): Promise<string> {
    if (this.#session === undefined) throw new SignInNeededError({ ended: true });
    return this.#session.renew(refused, visitor);
  }

  requirePerson(role?: string): Person {
    const { person } = this;
    if (person === undefined) throw this.#doubt ?? new SignInNeededError({ ended: false });
    if (role === undefined) return person;
    if (this.#doubt !== undefined) throw this.#doubt;
    if (!person.roles.includes(role)) throw forbidden(`the role ${role} is needed`);
    return person;
  }

  async signIn(signedIn: SignedIn): Promise<void> {
    const before = this.#session;
    this.#session = await this.#sessions.begin(signedIn);
    this.#doubt = undefined;
    this.#sendCookie(this.#session.key.secret);
    await before?.end();
  }

  async signOut(): Promise<void> {
    const before = this.#session;
    this.forget();
    // Its tokens are dead by now, and nobody else has its secret: what stays for a while in a Redis that is away, nobody reads.
    await before?.end().catch(() => undefined);
  }

  async refreshPerson(): Promise<void> {
    await this.#refresh();
  }

  /** Makes a stranger of the visitor. */
  forget(): void {
    this.#session = undefined;
    this.#sendCookie(undefined);
  }

  /** What the next page says. */
  leaveNotice(notice: string | undefined): void {
    this.cookies.push(this.#sessions.cookies.setNotice(this.#exchange.headers, notice));
  }

  async #findSession(): Promise<void> {
    const { headers } = this.#exchange;
    if (this.#sessions.cookies.readSession(headers) === undefined) return;
    this.#session = await this.#sessions.find(headers);
    if (this.#session === undefined) this.#sendCookie(undefined);
    else if (this.#session.ageMs() > freshMs) await this.#refreshIfPossible();
  }

  async #refreshIfPossible(): Promise<void> {
    try {
      await this.#refresh(refreshMs);
    } catch (error) {
      if (error instanceof SignInNeededError) this.forget();
      else if (error instanceof ApiError) this.#doubt = error;
      else throw error;
    }
  }

  async #refresh(timeoutMs?: number): Promise<void> {
    if (this.#session === undefined) throw new SignInNeededError({ ended: false });
    await this.#session.refreshPerson(this, timeoutMs);
    this.#doubt = undefined;
    // The session lives on from now, and so does its cookie.
    this.#sendCookie(this.#session.key.secret);
  }

  #sendCookie(secret: string | undefined): void {
    const { cookies, ttlSec } = this.#sessions;
    this.cookies.push(cookies.setSession(this.#exchange.headers, secret, ttlSec));
  }
}
