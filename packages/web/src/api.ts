import type { Static, TSchema } from '@tsmicro/schema';

/** What the query of a question says; what is undefined is left out. */
export type ApiQuery = Readonly<Record<string, string | number | undefined>>;

/** Data with the message of its answer. */
export interface ApiAnswer<T> {
  readonly data: T;
  /** As in "blog created successfully". */
  readonly message: string;
}

/**
 * Asks the gateway on behalf of a visitor, by the paths that its clients know: `/blog/list/latest`. What goes into a path
 * is encoded by the caller. Answers are held against the schema; fields that it does not name are dropped.
 *
 * Every failure is an ApiError: that of the answer, with its status and message; 503 when the gateway is away, 504 when
 * it gave no answer within 4 s or the time of the visit.
 */
export interface Api {
  get<S extends TSchema>(path: string, data: S, query?: ApiQuery): Promise<Static<S>>;
  post(path: string, body?: unknown): Promise<ApiAnswer<undefined>>;
  post<S extends TSchema>(path: string, body: unknown, data: S): Promise<ApiAnswer<Static<S>>>;
  put(path: string, body?: unknown): Promise<ApiAnswer<undefined>>;
  put<S extends TSchema>(path: string, body: unknown, data: S): Promise<ApiAnswer<Static<S>>>;
  delete(path: string): Promise<ApiAnswer<undefined>>;
  delete<S extends TSchema>(path: string, data: S): Promise<ApiAnswer<Static<S>>>;
}
