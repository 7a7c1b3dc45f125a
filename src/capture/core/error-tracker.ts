import { isOutOfFds, isTransient, type ProcError } from '../../proc/errors.ts';

/** Formats an error as one line: message, path and errno name. */
export const procErrorText = ({ message, path, code }: ProcError): string =>
  `${message} (${path}${code ? `, ${code}` : ''})`;

/** Tracks the tasks of a sampler that fail at the moment, by task name. */
export class ErrorTracker {
  readonly #errors = new Map<string, string>();
  readonly #onOutOfFds: () => void;

  /** `onOutOfFds` is called when no file descriptor is left. It should close some. */
  constructor(onOutOfFds: () => void) {
    this.#onOutOfFds = onOutOfFds;
  }

  /** Returns the error that has lasted longest; undefined when no task fails. */
  current(): string | undefined {
    return this.#errors.values().next().value;
  }

  set(task: string, text: string): void {
    this.#errors.set(task, text);
  }

  clear(task: string): void {
    if (this.#errors.size > 0) this.#errors.delete(task);
  }

  /** Runs a task. A transient error is tracked instead of thrown. @returns whether the task succeeded. */
  attempt(task: string, body: () => void): boolean {
    try {
      body();
      this.clear(task);
      return true;
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (isOutOfFds(error)) this.#onOutOfFds();
      this.set(task, procErrorText(error));
      return false;
    }
  }
}
