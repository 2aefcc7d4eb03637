import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/** An answer, with its body read as JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: {
    code?: string;
    status?: number;
    message?: string;
    // The tests look at answers of every shape.
    data?: Data;
    keys?: Record<string, string>[];
    requestId?: string;
  };
  tookMs: number;
}

export interface Data {
  id?: string;
  name?: string;
  email?: string;
  profilePicUrl?: string;
  roles?: { id: string; code: string }[];
  user?: Data;
  tokens?: Tokens;
  accessToken?: string;
  refreshToken?: string;
  status?: string;
  timestamp?: string;
  dependencies?: { name: string; state: string }[];
  active?: boolean;
  createdAt?: string;
  lastUsedAt?: string;
  userAgent?: string;
  current?: boolean;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** What a sign-up gave, with what it was given. */
export interface Person {
  id: string;
  email: string;
  password: string;
  tokens: Tokens;
}

/** Speaks HTTP to one auth service. */
export class AuthClient implements AsyncDisposable {
  readonly #address: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128 });

  constructor(address: string) {
    this.#address = address;
  }

  call(
    method: string,
    path: string,
    { body, token, headers = {} }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.#address}${path}`,
        {
          method,
          agent: this.#agent,
          signal: AbortSignal.timeout(15_000),
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(text === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
        },
        async (answer) => {
          const parts = await Array.fromAsync(answer as AsyncIterable<Buffer>);
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: JSON.parse(Buffer.concat(parts).toString()),
            tookMs: performance.now() - began,
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }

  get = (path: string, token?: string) => this.call('GET', path, token === undefined ? {} : { token });
  post = (path: string, body: unknown, token?: string) =>
    this.call('POST', path, token === undefined ? { body } : { body, token });

  put = (path: string, body: unknown, token: string) => this.call('PUT', path, { body, token });

  /** Signs a new person up. */
  async signUp(given: { email?: string; password?: string; name?: string; profilePicUrl?: string } = {}) {
    const body = { email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'Ann', ...given };
    const answer = await this.post('/signup/basic', body);
    assert.equal(answer.status, 200, answer.body.message);
    return toPerson(answer, body.password);
  }

  signIn = (email: string, password: string) => this.post('/signin/basic', { email, password });
  /** The administrator of the seed data. */
  signInAdmin = async () => toPerson(await this.signIn('admin@afteracademy.com', 'changeit'), 'changeit');
  refresh = ({ accessToken, refreshToken }: Tokens) =>
    this.post('/token/refresh', { refreshToken }, accessToken);
  signOut = ({ accessToken }: Tokens) => this.call('DELETE', '/signout', { token: accessToken });

  /** Whether these tokens still open the own profile. */
  async isIn({ accessToken }: Tokens): Promise<boolean> {
    const { status } = await this.get('/profile/mine', accessToken);
    assert.ok(status === 200 || status === 401, `status ${status}`);
    return status === 200;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
  }
}

/** The items of an answer that is a list. */
export function toList({ status, body }: Answer): Data[] {
  assert.equal(status, 200, body.message);
  assert.ok(Array.isArray(body.data));
  return body.data;
}

/** The person that an answer with user and tokens is about. */
export function toPerson({ body }: Answer, password: string): Person {
  const { user, tokens } = body.data ?? {};
  assert.ok(user?.id && user.email && tokens);
  return { id: user.id, email: user.email, password, tokens };
}

/** A failure in the envelope: the status, the message and an id to look it up by. */
export function assertRefused(answer: Answer, status: number, message: string | RegExp): void {
  assert.equal(answer.status, status, answer.body.message);
  assert.equal(answer.body.status, status);
  assert.equal(answer.body.code, '10001');
  assert.match(answer.body.requestId ?? '', /^[\w.-]+$/);
  if (typeof message === 'string') assert.equal(answer.body.message, message);
  else assert.match(answer.body.message ?? '', message);
}
