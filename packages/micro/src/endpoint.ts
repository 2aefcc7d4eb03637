import type { Static, TSchema } from '@tsmicro/schema';

/** One question that a service answers over NATS: the subject and the shapes of both messages. */
export interface Endpoint<Request extends TSchema = TSchema, Reply extends TSchema = TSchema> {
  readonly name: string;
  /** Service, path with `.` for `/`, name: `auth.profile.user`. */
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
  readonly summary: string;
  /** What the handler may answer besides what follows from the shapes, by status: `{ 404: 'user not found' }`. */
  readonly errors: Readonly<Record<number, string>>;
}

/** What {@link defineEndpoint} takes. */
export interface EndpointDefinition<Request extends TSchema, Reply extends TSchema> {
  /** The NATS name of the service that answers. */
  service: string;
  /** The path of the controller that mounts it. @default '/' */
  path?: string;
  name: string;
  request: Request;
  reply: Reply;
  /** One line for readers of the contract. */
  summary: string;
  /** For readers of the contract: what the handler may answer, as in `{ 404: 'user not found' }`. @default none */
  errors?: Readonly<Record<number, string>>;
}

/** The messages of an endpoint as types. */
export type RequestOf<E> = E extends Endpoint<infer Request, TSchema> ? Static<Request> : never;
export type ReplyOf<E> = E extends Endpoint<TSchema, infer Reply> ? Static<Reply> : never;

/** `auth` and `/profile` begin every subject with `auth.profile`; `/` adds nothing. */
export function subjectPrefix(service: string, path: string): string {
  return [service, ...path.split('/').filter((part) => part !== '')].join('.');
}

/** Defines an endpoint once, for the service that answers and for all that ask; belongs into contracts. */
export function defineEndpoint<Request extends TSchema, Reply extends TSchema>(
  definition: EndpointDefinition<Request, Reply>,
): Endpoint<Request, Reply> {
  const { service, path = '/', name, request, reply, summary, errors = {} } = definition;
  return { name, subject: `${subjectPrefix(service, path)}.${name}`, request, reply, summary, errors };
}
