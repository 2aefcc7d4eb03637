/** Names or addresses that cannot be used with NATS; thrown at start. */
export class NatsConfigError extends Error {
  override readonly name = 'NatsConfigError';
}
