import { isOutOfFds, isTransient, type ProcError } from '../../proc/errors.ts';

/** Formats an error as one line: message, path and errno name. */
export const procErrorText = ({ message, path, code }: ProcError): string =>
  `${message} (${path}${code ? `, ${code}` : ''})`;

/** Tracks a sampler's operations that are currently failing, by name. */
export class ErrorTracker {
  readonly #errors = new Map<string, string>();
  readonly #onOutOfFds: () => void;

  /** `onOutOfFds` is called when the program has run out of file descriptors. It should close some. */
  constructor(onOutOfFds: () => void) {
    this.#onOutOfFds = onOutOfFds;
  }

  /** Returns the error that has lasted longest; undefined when no operation fails. */
  current(): string | undefined {
    return this.#errors.values().next().value;
  }

  set(operation: string, text: string): void {
    this.#errors.set(operation, text);
  }

  clear(operation: string): void {
    if (this.#errors.size > 0) this.#errors.delete(operation);
  }

  /** Runs an operation. A transient error is tracked instead of thrown. @returns whether the operation succeeded. */
  attempt(operation: string, body: () => void): boolean {
    try {
      body();
      this.clear(operation);
      return true;
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (isOutOfFds(error)) this.#onOutOfFds();
      this.set(operation, procErrorText(error));
      return false;
    }
  }
}
