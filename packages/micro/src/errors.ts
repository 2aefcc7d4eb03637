/** Names or addresses that cannot be used with NATS; thrown at start. */
export class NatsConfigError extends Error {
  override readonly name = 'NatsConfigError';
}

/** An event that cannot be told, or a message that is none. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** Nobody answers a subject: the cause of the 503 of a request that found no service with that endpoint. */
export class NoResponderError extends Error {
  override readonly name = 'NoResponderError';
}
