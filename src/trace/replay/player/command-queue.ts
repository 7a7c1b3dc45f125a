import type { ReplayCommand } from '../../../domain/source/replay-control.ts';

export type ErrandsOptions = {
  /** Awaited before the first errand of a run. */
  ready: () => Promise<void> | undefined;
  carry: (errand: Errand, cancelled: () => boolean) => Promise<void>;
  /** Nothing is left to do. */
  onIdle: () => void;
  onError: (error: Error) => void;
};

/** One errand under way and one to come, into which is merged what is asked meanwhile. */
export class Errands {
  readonly #options: ErrandsOptions;
  #next: Errand | undefined;
  #working: Promise<void> | undefined;
  /** Another errand came that makes the one under way pointless. */
  #cancelled = false;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  get working(): boolean {
    return this.#working !== undefined;
  }

  ask(command: ReplayCommand, span: Span): void {
    this.#next = merged(this.#next, command, span);
    // Steps wait for what is under way; a new place makes it pointless.
    if (this.#next?.kind !== 'step') this.#cancelled = true;
    this.#working ??= this.#work().catch(this.#options.onError);
  }

  /** Until nothing asked for is left to do. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async stop(): Promise<void> {
    this.#cancelled = true;
    this.#next = undefined;
    await this.#working;
  }

  async #work(): Promise<void> {
    const { ready, carry, onIdle } = this.#options;
    try {
      await ready();
      for (let errand = this.#next; errand; errand = this.#next) {
        this.#next = undefined;
        this.#cancelled = false;
        await carry(errand, () => this.#cancelled);
      }
    } finally {
      this.#working = undefined;
      onIdle();
    }
  }
}

/** What a player has to do next; it takes a moment, in which more may be asked. */
export type Errand =
  | { kind: 'step'; events: number }
  | { kind: 'time'; atNs: bigint }
  | (ReplayCommand & { kind: 'find'; do: 'gap' | 'comm' | 'pid' });

export type Span = { fromNs: bigint; toNs: bigint; nowNs: bigint };

const share = ({ fromNs, toNs }: Span, part: number): bigint =>
  (BigInt(Math.round(part * 1e6)) * (toNs - fromNs)) / 1_000_000n;

/** One errand for what was asked before and what is asked now: keys held down must not queue up. */
export const merged = (
  waiting: Errand | undefined,
  command: ReplayCommand,
  span: Span,
): Errand | undefined => {
  const nowNs = waiting?.kind === 'time' ? waiting.atNs : span.nowNs;
  switch (command.do) {
    case 'step':
      return { kind: 'step', events: command.events + (waiting?.kind === 'step' ? waiting.events : 0) };
    case 'seek':
      return { kind: 'time', atNs: command.toNs };
    case 'scrub':
      return { kind: 'time', atNs: within(nowNs + share(span, command.share), span) };
    case 'moveTo':
      return { kind: 'time', atNs: span.fromNs + share(span, command.share) };
    case 'gap':
    case 'comm':
    case 'pid':
      return { kind: 'find', ...command };
    default:
      return waiting;
  }
};

/** The nearest moment that is not outside. */
export const within = (atNs: bigint, { fromNs, toNs }: Omit<Span, 'nowNs'>): bigint =>
  atNs < fromNs ? fromNs : atNs > toNs ? toNs : atNs;
