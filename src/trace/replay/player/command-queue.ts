import type { ReplayCommand } from '../../../domain/source/replay-control.ts';

export type CommandQueueOptions = {
  /** Awaited before the first errand of a run. */
  beforeFirst: () => Promise<void> | undefined;
  execute: (errand: NavigationCommand, cancelled: () => boolean) => Promise<void>;
  /** Nothing is left to do. */
  onIdle: () => void;
  onError: (error: Error) => void;
};

/** One errand under way and one to come, into which is merged what is asked meanwhile. */
export class CommandQueue {
  readonly #options: CommandQueueOptions;
  #pending: NavigationCommand | undefined;
  #running: Promise<void> | undefined;
  /** Another errand came that makes the one under way pointless. */
  #isCancelled = false;

  constructor(options: CommandQueueOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  enqueue(command: ReplayCommand, span: TimeSpan): void {
    this.#pending = coalesce(this.#pending, command, span);
    // Steps wait for what is under way; a new place makes it pointless.
    if (this.#pending?.kind !== 'step') this.#isCancelled = true;
    this.#running ??= this.#drain().catch(this.#options.onError);
  }

  /** Until nothing asked for is left to do. */
  async whenIdle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#isCancelled = true;
    this.#pending = undefined;
    await this.#running;
  }

  async #drain(): Promise<void> {
    const { beforeFirst, execute, onIdle } = this.#options;
    try {
      await beforeFirst();
      for (let errand = this.#pending; errand; errand = this.#pending) {
        this.#pending = undefined;
        this.#isCancelled = false;
        await execute(errand, () => this.#isCancelled);
      }
    } finally {
      this.#running = undefined;
      onIdle();
    }
  }
}

/** What a player has to do next; it takes a moment, in which more may be asked. */
export type NavigationCommand =
  | { kind: 'step'; events: number }
  | { kind: 'time'; atNs: bigint }
  | (ReplayCommand & { kind: 'find'; type: 'landmark' | 'comm' | 'pid' });

export type TimeSpan = { fromNs: bigint; toNs: bigint; positionNs: bigint };

const shareOfSpan = ({ fromNs, toNs }: TimeSpan, fraction: number): bigint =>
  (BigInt(Math.round(fraction * 1e6)) * (toNs - fromNs)) / 1_000_000n;

/** One errand for what was asked before and what is asked now: keys held down must not queue up. */
export const coalesce = (
  waiting: NavigationCommand | undefined,
  command: ReplayCommand,
  span: TimeSpan,
): NavigationCommand | undefined => {
  const nowNs = waiting?.kind === 'time' ? waiting.atNs : span.positionNs;
  switch (command.type) {
    case 'step':
      return { kind: 'step', events: command.events + (waiting?.kind === 'step' ? waiting.events : 0) };
    case 'seek':
      return { kind: 'time', atNs: command.toNs };
    case 'scrub':
      return { kind: 'time', atNs: clampToSpan(nowNs + shareOfSpan(span, command.share), span) };
    case 'moveTo':
      return { kind: 'time', atNs: span.fromNs + shareOfSpan(span, command.share) };
    case 'landmark':
    case 'comm':
    case 'pid':
      return { kind: 'find', ...command };
    default:
      return waiting;
  }
};

/** The nearest moment that is not outside. */
export const clampToSpan = (atNs: bigint, { fromNs, toNs }: Omit<TimeSpan, 'positionNs'>): bigint =>
  atNs < fromNs ? fromNs : atNs > toNs ? toNs : atNs;
