import type { ReplayCommand } from '../../domain/replay.ts';
import { type Errand, merged, type Span } from './errand.ts';

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
