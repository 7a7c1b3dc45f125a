import type { ReplayCommand } from '../../../domain/source/replay-control.ts';

export type CommandQueueOptions = {
  /** Returns a promise that must resolve before the first command of an idle queue is executed. */
  beforeFirst: () => Promise<void> | undefined;
  execute: (command: NavigationCommand, signal: AbortSignal) => Promise<void>;
  /** Called when the queue becomes empty. */
  onIdle: () => void;
  onError: (error: Error) => void;
};

/** A queue of one running and one pending command. Commands are merged into the pending one. */
export class CommandQueue {
  readonly #options: CommandQueueOptions;
  #pending: NavigationCommand | undefined;
  #running: Promise<void> | undefined;
  /** Cancels the running command when a newer one replaces it. */
  #abort: AbortController | undefined;

  constructor(options: CommandQueueOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  enqueue(command: ReplayCommand, span: TimeSpan): void {
    this.#pending = coalesce(this.#pending, command, span);
    // A step continues from the running command; every other command replaces it.
    if (this.#pending?.kind !== 'step') this.#abort?.abort();
    this.#running ??= this.#drain().catch(this.#options.onError);
  }

  /** Resolves when the queue is empty. */
  async whenIdle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#abort?.abort();
    this.#pending = undefined;
    await this.#running;
  }

  async #drain(): Promise<void> {
    const { beforeFirst, execute, onIdle } = this.#options;
    try {
      await beforeFirst();
      for (let command = this.#pending; command; command = this.#pending) {
        this.#pending = undefined;
        this.#abort = new AbortController();
        await execute(command, this.#abort.signal);
      }
    } finally {
      this.#running = undefined;
      onIdle();
    }
  }
}

/** A command that changes the position and takes time to execute. */
export type NavigationCommand =
  | { kind: 'step'; events: number }
  | { kind: 'time'; atNs: bigint }
  | (ReplayCommand & { kind: 'find'; type: 'seekLandmark' | 'seekBurst' | 'seekComm' | 'seekPid' });

export type TimeSpan = { fromNs: bigint; toNs: bigint; positionNs: bigint };

const shareOfSpan = ({ fromNs, toNs }: TimeSpan, fraction: number): bigint =>
  (BigInt(Math.round(fraction * 1e6)) * (toNs - fromNs)) / 1_000_000n;

/** Merges a replay command into the pending command, so that repeated keys do not queue up. */
const coalesce = (
  pending: NavigationCommand | undefined,
  command: ReplayCommand,
  span: TimeSpan,
): NavigationCommand | undefined => {
  const positionNs = pending?.kind === 'time' ? pending.atNs : span.positionNs;
  switch (command.type) {
    case 'step':
      return { kind: 'step', events: command.events + (pending?.kind === 'step' ? pending.events : 0) };
    case 'seek':
      return { kind: 'time', atNs: command.toNs };
    case 'scrubBy':
      return { kind: 'time', atNs: clampToSpan(positionNs + shareOfSpan(span, command.share), span) };
    case 'scrubTo':
      return { kind: 'time', atNs: span.fromNs + shareOfSpan(span, command.share) };
    case 'seekLandmark':
    case 'seekBurst':
    case 'seekComm':
    case 'seekPid':
      return { kind: 'find', ...command };
    default:
      return pending;
  }
};

/** Returns the nearest time within the span. */
export const clampToSpan = (atNs: bigint, { fromNs, toNs }: Omit<TimeSpan, 'positionNs'>): bigint =>
  atNs < fromNs ? fromNs : atNs > toNs ? toNs : atNs;
