import type { ReplayCommand, ReplayStatus } from '../../../domain/source/replay-control.ts';
import type { DamagedFiles } from '../files/damaged-files.ts';
import type { TraceIndex } from '../index/trace-index.ts';

const formatShare = (share: number): string => `${Math.round(share * 1000) / 10}%`;

/** Handles the commands that need the end of the trace while it is not indexed yet. */
export class UnindexedCommands {
  readonly #index: TraceIndex;
  readonly #damagedFiles: DamagedFiles;
  readonly #notify: (text: string) => void;
  /** The share of the trace to move to once it is indexed. */
  #pendingShare: number | undefined;

  constructor(index: TraceIndex, damagedFiles: DamagedFiles, notify: (text: string) => void) {
    this.#index = index;
    this.#damagedFiles = damagedFiles;
    this.#notify = notify;
  }

  /** Returns the command to execute now. Undefined if it must wait for the index, or cannot be executed without it. */
  admit(
    command: ReplayCommand,
    { fromNs, toNs }: Pick<ReplayStatus, 'fromNs' | 'toNs'>,
  ): ReplayCommand | undefined {
    const { done } = this.#index.progress;
    this.#pendingShare = undefined;
    if (command.type === 'seekShare') {
      const { share } = command;
      if (done) return { type: 'scrubTo', share };
      this.#pendingShare = share;
      this.#report(`goes to ${formatShare(share)} when it is done`);
      return undefined;
    }
    if (command.type !== 'scrubBy' || done || toNs > fromNs) return command;
    this.#report('the target is not known yet');
    return undefined;
  }

  /** Returns the command that waits for the index, once the index is complete. Any later command cancels it. */
  takePending(): ReplayCommand | undefined {
    const share = this.#pendingShare;
    if (share === undefined || !this.#index.progress.done) return undefined;
    this.#pendingShare = undefined;
    // Replaces the notice that it waits, which would stay until the next key.
    this.#notify(`the trace is indexed; at ${formatShare(share)}`);
    this.#damagedFiles.report();
    return { type: 'scrubTo', share };
  }

  #report(consequence: string): void {
    const indexed = Math.floor(this.#index.progress.indexed * 100);
    this.#notify(`${indexed}% of the trace is indexed; ${consequence}`);
  }
}
