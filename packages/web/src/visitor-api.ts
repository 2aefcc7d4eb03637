import { ApiError, compileParser, internal, type Parser } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import type { Api, ApiAnswer, ApiQuery } from './api.ts';
import type { GatewayAnswer, GatewayClient, GatewayQuestion, Visitor } from './gateway-client.ts';

/** What proves who a visitor is, for as long as the gateway believes it. */
export interface Credentials {
  /** Undefined for somebody who is not signed in. */
  accessToken(): string | undefined;
  /**
   * Gets a new token in the place of one that the gateway no longer takes.
   * @throws {SessionEndedError} when there is none any more
   */
  renew(refused: string, visitor: Visitor): Promise<string>;
}

/** Asked when a token may be the reason of a refusal: it answers everybody who is signed in. */
export const profilePath = '/auth/profile/mine';

const parsers = new WeakMap<TSchema, Parser<unknown>>();

/** What was just held against the schema has its type. */
function parse<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const parser = parsers.get(schema) ?? compileParser(schema, { root: 'data' });
  parsers.set(schema, parser);
  return parser(value) as Static<S>;
}

const isRefusal = (error: unknown) => error instanceof ApiError && error.status === 401;

/** The gateway as one visitor may ask it. */
export class VisitorApi implements Api {
  readonly #gateway: GatewayClient;
  readonly #visitor: Visitor;
  readonly #credentials: Credentials;

  constructor(gateway: GatewayClient, visitor: Visitor, credentials: Credentials) {
    this.#gateway = gateway;
    this.#visitor = visitor;
    this.#credentials = credentials;
  }

  async get<S extends TSchema>(path: string, data: S, query?: ApiQuery): Promise<Static<S>> {
    const answer = await this.#tell({ method: 'GET', path, query }, data);
    return answer.data;
  }

  post(path: string, body?: unknown): Promise<ApiAnswer<undefined>>;
  post<S extends TSchema>(path: string, body: unknown, data: S): Promise<ApiAnswer<Static<S>>>;
  post(path: string, body?: unknown, data?: TSchema): Promise<ApiAnswer<unknown>> {
    return this.#tell({ method: 'POST', path, body }, data);
  }

  put(path: string, body?: unknown): Promise<ApiAnswer<undefined>>;
  put<S extends TSchema>(path: string, body: unknown, data: S): Promise<ApiAnswer<Static<S>>>;
  put(path: string, body?: unknown, data?: TSchema): Promise<ApiAnswer<unknown>> {
    return this.#tell({ method: 'PUT', path, body }, data);
  }

  delete(path: string): Promise<ApiAnswer<undefined>>;
  delete<S extends TSchema>(path: string, data: S): Promise<ApiAnswer<Static<S>>>;
  delete(path: string, data?: TSchema): Promise<ApiAnswer<unknown>> {
    return this.#tell({ method: 'DELETE', path }, data);
  }

  async #tell<S extends TSchema>(question: GatewayQuestion, schema: S): Promise<ApiAnswer<Static<S>>>;
  async #tell(question: GatewayQuestion, schema: TSchema | undefined): Promise<ApiAnswer<unknown>>;
  async #tell(question: GatewayQuestion, schema: TSchema | undefined): Promise<ApiAnswer<unknown>> {
    const { message, data } = await this.#askSignedIn(question);
    if (schema === undefined) return { message, data: undefined };
    try {
      return { message, data: parse(schema, data) };
    } catch (error) {
      const { method, path } = question;
      throw internal(new Error(`${method} ${path} does not answer what is expected`, { cause: error }));
    }
  }

  /** A token that has come to its end is replaced, once, and nothing has come of the question until then. */
  async #askSignedIn(question: GatewayQuestion): Promise<GatewayAnswer> {
    const accessToken = this.#credentials.accessToken();
    if (accessToken === undefined) return this.#gateway.ask(question, this.#visitor);
    try {
      return await this.#gateway.ask({ ...question, accessToken }, this.#visitor);
    } catch (error) {
      if (!isRefusal(error) || !(await this.#refuses(accessToken, question))) throw error;
    }
    const renewed = await this.#credentials.renew(accessToken, this.#visitor);
    return this.#gateway.ask({ ...question, accessToken: renewed }, this.#visitor);
  }

  /** Whether it is the token that a 401 is about: it may as well be a password. */
  async #refuses(accessToken: string, { path }: GatewayQuestion): Promise<boolean> {
    if (path === profilePath) return true;
    try {
      await this.#gateway.ask({ method: 'GET', path: profilePath, accessToken }, this.#visitor);
      return false;
    } catch (error) {
      if (isRefusal(error)) return true;
      throw error;
    }
  }
}
