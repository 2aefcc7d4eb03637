// A gateway with as much of an auth service behind it as sessions need: its tokens are used up as those of the real one.
import { randomUUID } from 'node:crypto';
import {
  Controller,
  createRouter,
  forbidden,
  type HttpRequest,
  type Router,
  type Routes,
  unauthorized,
  unavailable,
} from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { Profile, SignedIn } from '../src/index.ts';

const apiKey = 'key-of-the-test';
const Refresh = Type.Object({ refreshToken: Type.String() });
const Credentials = Type.Object({ email: Type.String({ format: 'email' }), password: Type.String() });
const Echo = Type.Object({ headers: Type.Record(Type.String(), Type.Unknown()) });

interface Held {
  access: string;
  refresh: string;
}

class AuthController extends Controller {
  readonly #gateway: TestGateway;

  constructor(gateway: TestGateway) {
    super('/auth');
    this.#gateway = gateway;
  }

  mountRoutes(routes: Routes): void {
    const gateway = this.#gateway;
    const guards = [(request: HttpRequest) => gateway.admit(request)];
    routes.get('/profile/mine', { guards, data: Profile }, ({ headers }) =>
      gateway.profile(headers.authorization),
    );
    routes.post(
      '/token/refresh',
      { guards, body: Refresh, data: SignedIn.properties.tokens },
      ({ headers, body }) => gateway.refresh(headers.authorization, body.refreshToken),
    );
    routes.post('/signin/basic', { guards, body: Credentials, data: SignedIn }, ({ body }) => {
      if (body.password !== 'right') throw unauthorized('invalid credentials');
      return gateway.signIn();
    });
    routes.put('/profile/password', { guards }, ({ headers }) => {
      gateway.profile(headers.authorization);
      throw unauthorized('invalid credentials');
    });
    routes.get('/echo', { guards, data: Echo }, ({ headers }) => ({ headers }));
    routes.get('/silent', { guards, data: Echo }, () => new Promise<never>(() => undefined));
  }
}

/** What a site asks in these tests, on a port of its own. */
export class TestGateway {
  readonly apiKey = apiKey;
  readonly #router: Router;
  readonly #sessions: Held[] = [];
  #url = '';
  roles = ['LEARNER', 'AUTHOR'];
  /** Exchanges of tokens that succeeded. */
  refreshes = 0;
  /** What every answer is refused with. */
  fault: Error | undefined;
  /** How long an exchange takes. */
  refreshMs = 0;

  constructor() {
    this.#router = createRouter();
    this.#router.loadControllers([new AuthController(this)]);
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<this> {
    this.#url = await this.#router.start({ host: '127.0.0.1', port: 0 });
    return this;
  }

  admit({ headers }: HttpRequest): void {
    if (headers['x-api-key'] !== apiKey) throw forbidden('x-api-key is invalid');
    if (this.fault !== undefined) throw this.fault;
  }

  /** The answer of a sign-in. */
  signIn(): SignedIn {
    const held = { access: `access.${randomUUID()}`, refresh: `refresh.${randomUUID()}` };
    this.#sessions.push(held);
    return { user: this.#user(), tokens: { accessToken: held.access, refreshToken: held.refresh } };
  }

  /** From now on no access token that is out there is taken; refresh tokens are. */
  expireAccess(): void {
    for (const held of this.#sessions) held.access = `expired.${randomUUID()}`;
    this.#forgiven = true;
  }

  /** Ends all sessions. */
  endSessions(): void {
    this.#sessions.length = 0;
  }

  #forgiven = false;

  profile(authorization: string | undefined): Profile {
    const held = this.#sessions.find(({ access }) => authorization === `Bearer ${access}`);
    if (held === undefined) throw unauthorized('access token is invalid');
    return this.#user();
  }

  async refresh(authorization: string | undefined, refreshToken: string): Promise<SignedIn['tokens']> {
    const held = this.#sessions.find(({ refresh }) => refresh === refreshToken);
    const proved = this.#forgiven || authorization === `Bearer ${held?.access}`;
    if (held === undefined || !proved) throw unauthorized('refresh token is invalid');
    held.access = `access.${randomUUID()}`;
    held.refresh = `refresh.${randomUUID()}`;
    this.refreshes += 1;
    await new Promise((resolve) => setTimeout(resolve, this.refreshMs));
    return { accessToken: held.access, refreshToken: held.refresh };
  }

  #user(): Profile {
    const roles = this.roles.map((code) => ({ id: randomUUID(), code }));
    return { id: 'f3', email: 'reader@example.com', name: 'A Reader', roles };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#router.close();
  }
}

/** Everything away. */
export const outage = () => unavailable();
