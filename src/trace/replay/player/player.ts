import { historyLimit } from '../../../domain/processes/system-state.ts';
import type { EventSource, SourceInfo, SourceListener } from '../../../domain/source/event-source.ts';
import type { ReplayCommand, ReplayStatus } from '../../../domain/source/replay-control.ts';
import { Lost } from '../files/damage.ts';
import type { TraceFile } from '../files/trace-file.ts';
import { type CheckpointLimits, limitsFor } from '../index/checkpoints.ts';
import type { StartIndex } from '../index/client.ts';
import type { IndexMessage } from '../index/protocol.ts';
import { TraceIndex } from '../index/trace-index.ts';
import { type Errand, Errands, within } from './command-queue.ts';
import { type Missing, type Moment, travel } from './navigate.ts';
import { playOn, realTime, speeds } from './playback.ts';
import type { Playhead } from './playhead.ts';
import { Seeker } from './seeker.ts';

/** Real time, and a way to be called later. */
export type Clock = { now: () => bigint; after: (milliseconds: number, run: () => void) => () => void };

export type PlayerOptions = {
  files: readonly TraceFile[];
  startIndex: StartIndex;
  clock: Clock;
  history?: number | undefined;
  chunk?: number | undefined;
  limits?: CheckpointLimits | undefined;
  playing?: boolean | undefined;
};

const tickMs = 100;

/** Plays a trace: an event source with a clock of its own, which can be told to be anywhere. */
export class Player implements EventSource {
  readonly info: SourceInfo;
  readonly replay = { status: () => this.#status(), run: (command: ReplayCommand) => this.#run(command) };
  readonly #options: PlayerOptions;
  readonly #index: TraceIndex;
  readonly #seeker: Seeker;
  readonly #lost: Lost;
  readonly #fromNs: bigint;
  #moment: Moment;
  #listener: SourceListener | undefined;
  #indexing: { stop(): Promise<void> } | undefined;
  #playing: boolean;
  #skipIdle = false;
  #speed = realTime;
  #busy: ReplayStatus['busy'];
  readonly #errands = new Errands({
    // A tick under way ends before anything moves.
    ready: () => this.#ticking,
    carry: (errand, cancelled) => this.#carry(errand, cancelled),
    onIdle: () => {
      this.#busy = undefined;
      this.#tickedNs = this.#options.clock.now();
      this.#tellStatus();
    },
    onError: (error) => this.#fail(error),
  });
  #ticking: Promise<void> | undefined;
  #cancelTick: () => void = () => {};
  #tickedNs = 0n;

  /** At the start of a trace, before its first event. @throws the file system's error */
  static async open(options: PlayerOptions): Promise<Player> {
    const { files, history = historyLimit, chunk } = options;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const index = new TraceIndex(options.limits ?? limitsFor(total));
    const lost = new Lost(files);
    const seeker = new Seeker({ files, index, history, chunk, onShort: lost.short });
    const head = (await seeker.to({ kind: 'opening' })) as Playhead;
    return new Player(options, index, seeker, lost, head);
  }

  private constructor(options: PlayerOptions, index: TraceIndex, seeker: Seeker, lost: Lost, head: Playhead) {
    this.#options = options;
    this.#index = index;
    this.#seeker = seeker;
    this.#lost = lost;
    this.#fromNs = head.fold.atNs;
    this.#moment = { head, atNs: this.#fromNs };
    this.info = head.fold.info;
    this.#playing = options.playing ?? true;
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    this.#indexing = this.#options.startIndex((message) => this.#learn(message), listener.onError);
    this.#tellWorld();
    this.#lost.tell((text) => this.#listener?.onNotice?.(text));
    this.#tickedNs = this.#options.clock.now();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    this.#cancelTick();
    await Promise.all([this.#indexing?.stop(), this.#errands.stop()]);
  }

  /** Until nothing asked for is left to do. */
  settled(): Promise<void> {
    return this.#errands.settled();
  }

  #status(): ReplayStatus {
    const { toNs, indexed, density, gapCount, skipped, done } = this.#index.progress;
    const { head, atNs: nowNs } = this.#moment;
    return {
      fromNs: this.#fromNs,
      toNs: within(nowNs, { fromNs: toNs, toNs: nowNs }),
      nowNs,
      speed: speeds[this.#speed]?.label ?? '',
      playing: this.#playing,
      skipIdle: this.#skipIdle,
      indexed,
      density,
      gaps: gapCount,
      skipped,
      incomplete: this.#lost.some,
      busy: this.#busy,
      atEnd: head.atEnd || (done && nowNs >= toNs && head.fold.events >= this.#index.progress.events),
    };
  }

  #run(command: ReplayCommand): void {
    switch (command.do) {
      case 'togglePlay':
        this.#playing = !this.#playing;
        // From the end it begins anew.
        if (this.#playing && this.#status().atEnd) this.#ask({ do: 'moveTo', share: 0 });
        break;
      case 'toggleSkipIdle':
        this.#skipIdle = !this.#skipIdle;
        break;
      case 'speed':
        this.#speed = Math.max(0, Math.min(speeds.length - 1, this.#speed + command.steps));
        break;
      default:
        if (command.do === 'step') this.#playing = false;
        this.#ask(command);
    }
    this.#tellStatus();
  }

  #ask(command: ReplayCommand): void {
    this.#errands.ask(command, this.#status());
  }

  async #carry(errand: Errand, cancelled: () => boolean): Promise<void> {
    const { files } = this.#options;
    const span = this.#status();
    const outcome = await travel(errand, {
      files,
      index: this.#index,
      seeker: this.#seeker,
      from: this.#moment,
      span,
      cancelled,
      busy: (what) => this.#say(what),
    });
    if (!outcome) return;
    if ('what' in outcome) return this.#missing(outcome);
    this.#moment = outcome;
    this.#tellWorld();
    if (errand.kind === 'time' && errand.atNs === span.toNs && span.indexed < 1)
      this.#listener?.onNotice?.('as far as the trace is indexed');
  }

  #schedule(): void {
    this.#cancelTick = this.#options.clock.after(tickMs, () => {
      this.#ticking = this.#tick()
        .catch((error: Error) => this.#fail(error))
        .finally(() => {
          this.#ticking = undefined;
          if (this.#listener) this.#schedule();
        });
    });
  }

  /** Let trace time go on by as much as real time did. */
  async #tick(): Promise<void> {
    const now = this.#options.clock.now();
    const passedNs = now - this.#tickedNs;
    this.#tickedNs = now;
    if (!this.#playing || this.#errands.working) return;
    const { fold } = this.#moment.head;
    const { world, info } = fold;
    const { times, over } = speeds[this.#speed] as (typeof speeds)[number];
    const { atNs, records, atEnd } = await playOn(this.#moment, (passedNs * times) / over, this.#skipIdle);
    this.#moment = { ...this.#moment, atNs };
    if (atEnd) this.#playing = false;
    if (fold.world !== world || fold.info !== info) this.#tellWorld();
    else this.#listener?.onBatch({ nowNs: fold.monotonic(atNs), records });
    this.#tellStatus();
  }

  #learn(message: IndexMessage): void {
    if (message.type === 'failed') {
      this.#listener?.onError(Object.assign(new Error(message.message), { code: message.code }));
      return;
    }
    if (message.type === 'short') this.#lost.short(message.name);
    else this.#index.add(message);
    if (message.type === 'progress') this.#tellStatus();
  }

  #missing({ what, direction }: Missing): void {
    const known = this.#index.progress.done || direction < 0 ? '' : ' as far as the trace is indexed';
    this.#listener?.onNotice?.(`no ${what} ${direction > 0 ? 'behind' : 'before'} this moment${known}`);
  }

  #say(busy: ReplayStatus['busy']): void {
    this.#busy = busy;
    this.#tellStatus();
  }

  #tellWorld(): void {
    const shown = this.#moment.head.fold.freeze();
    shown.settle(this.#moment.atNs);
    this.#listener?.onWorld?.(shown.world, shown.info);
    this.#tellStatus();
  }

  #tellStatus(): void {
    this.#listener?.onReplay?.(this.#status());
  }

  #fail(error: Error): void {
    this.#playing = false;
    this.#listener?.onError(error);
  }
}
