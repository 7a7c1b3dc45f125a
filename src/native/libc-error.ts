/** A reason why libc functions cannot be called here. The message is for users. */
export class LibcError extends Error {
  override readonly name = 'LibcError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
