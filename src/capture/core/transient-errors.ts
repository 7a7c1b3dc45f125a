import { isOutOfDescriptors, isTransient, type ProcError } from '../../proc/errors.ts';

/** A failure as one line: what, where, and the kernel's name for it. */
export const procErrorText = ({ message, path, code }: ProcError): string =>
  `${message} (${path}${code ? `, ${code}` : ''})`;

export type ErrorTracker = ReturnType<typeof createErrorTracker>;

/** What does not work just now, by the sweep that failed. `giveBack`: asked when descriptors ran out. */
export const createErrorTracker = (onOutOfFds: () => void) => {
  const active = new Map<string, string>();

  return {
    current(): string | undefined {
      return active.values().next().value;
    },
    set(sweep: string, text: string): void {
      active.set(sweep, text);
    },
    clear(sweep: string): void {
      if (active.size > 0) active.delete(sweep);
    },
    /** A sweep that fails for want of something changes nothing and is reported. @returns whether it was done */
    attempt(task: string, body: () => void): boolean {
      try {
        body();
        if (active.size > 0) active.delete(task);
        return true;
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (isOutOfDescriptors(error)) onOutOfFds();
        active.set(task, procErrorText(error));
        return false;
      }
    },
  };
};
