/** The shape of every answer over HTTP, errors included. */
export interface Envelope<T = unknown> {
  /** "10000" for success, "10001" for failure. */
  code: '10000' | '10001';
  /** Equals the HTTP status. */
  status: number;
  message: string;
  data?: T;
  /** On failures: the id under which the service logged the cause. */
  requestId?: string;
}

/** The envelope of a success; `data` is left out when undefined. */
export function successEnvelope<T>(message: string, data?: T): Envelope<T> {
  return data === undefined
    ? { code: '10000', status: 200, message }
    : { code: '10000', status: 200, message, data };
}

/** The envelope of a failure; `data` is left out when undefined. */
export function failureEnvelope(
  status: number,
  message: string,
  requestId: string,
  data?: unknown,
): Envelope<unknown> {
  return { code: '10001', status, message, ...(data === undefined ? {} : { data }), requestId };
}

/** A success with a message of its own: what a route handler returns instead of plain data. */
export class Reply<T> {
  readonly message: string;
  readonly data: T;

  constructor(message: string, data: T) {
    this.message = message;
    this.data = data;
  }
}

/** Data that is JSON already, as a cache keeps it: sent as it is, past the schema of the route. */
export class JsonData<T> {
  readonly json: string;
  /** Only a type: what the JSON stands for. */
  declare readonly data: T;

  constructor(json: string) {
    this.json = json;
  }

  /** The whole envelope as text. */
  toEnvelope(): string {
    return `{"code":"10000","status":200,"message":"success","data":${this.json}}`;
  }
}

/** A success that says more than "success". */
export function reply(message: string): Reply<undefined>;
export function reply<T>(message: string, data: T): Reply<T>;
export function reply<T>(message: string, data?: T): Reply<T | undefined> {
  return new Reply(message, data);
}
