import type { WriteStream } from 'node:tty';
import { waitAtMost } from '../../util/wait.ts';

/** Time that a stop signal may take to arrive, ms. If it does not arrive, the screen is restored. */
const stopTimeoutMs = 100;

/** Job control of the interactive screen. */
export class JobControl {
  readonly #output: WriteStream;
  readonly #onSuspend: () => void;

  /** @param onSuspend called when SIGTSTP arrives */
  constructor(output: WriteStream, onSuspend: () => void) {
    this.#output = output;
    this.#onSuspend = onSuspend;
    process.on('SIGTSTP', onSuspend);
  }

  /**
   * Stops the whole foreground job, so that a shell that started npm shows its prompt again. Returns when the job is
   * continued. The kernel ignores the signal in an orphaned process group, because no shell could continue it; then this
   * returns after `stopTimeoutMs`.
   */
  async stopJob(): Promise<void> {
    // The sequences that restore the screen must be written before the process stops.
    await new Promise<void>((resolve) => this.#output.write('', () => resolve()));
    let onContinue: NodeJS.SignalsListener = () => {};
    const continued = new Promise((resolve) => {
      onContinue = resolve;
      process.once('SIGCONT', onContinue);
    });
    process.off('SIGTSTP', this.#onSuspend);
    process.kill(0, 'SIGTSTP');
    await waitAtMost(continued, stopTimeoutMs);
    process.off('SIGCONT', onContinue);
    process.on('SIGTSTP', this.#onSuspend);
  }
}
