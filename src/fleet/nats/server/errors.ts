/** A failure of a NATS server, of the connection to it or of its setup, in one sentence. */
export class NatsError extends Error {
  override readonly name: string = 'NatsError';
}

/** An address that cannot be used as given. */
export class NatsAddressError extends NatsError {
  override readonly name = 'NatsAddressError';
}
