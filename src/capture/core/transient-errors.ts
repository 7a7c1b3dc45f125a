import { isOutOfDescriptors, isPassing, type ProcError } from '../../proc/errors.ts';

/** A failure as one line: what, where, and the kernel's name for it. */
export const troubleText = ({ message, path, code }: ProcError): string =>
  `${message} (${path}${code ? `, ${code}` : ''})`;

export type Troubles = ReturnType<typeof createTroubles>;

/** What does not work just now, by the sweep that failed. `giveBack`: asked when descriptors ran out. */
export const createTroubles = (giveBack: () => void) => {
  const lasting = new Map<string, string>();

  return {
    first(): string | undefined {
      return lasting.values().next().value;
    },
    begin(sweep: string, text: string): void {
      lasting.set(sweep, text);
    },
    end(sweep: string): void {
      if (lasting.size > 0) lasting.delete(sweep);
    },
    /** A sweep that fails for want of something changes nothing and is reported. @returns whether it was done */
    attempt(sweep: string, run: () => void): boolean {
      try {
        run();
        if (lasting.size > 0) lasting.delete(sweep);
        return true;
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (isOutOfDescriptors(error)) giveBack();
        lasting.set(sweep, troubleText(error));
        return false;
      }
    },
  };
};
