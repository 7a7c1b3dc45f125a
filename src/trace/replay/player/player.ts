import { defaultLogCapacity } from '../../../domain/processes/system-state.ts';
import type { EventSource, SourceInfo, SourceListener } from '../../../domain/source/event-source.ts';
import type { ReplayCommand, ReplayStatus } from '../../../domain/source/replay-control.ts';
import { DamagedFiles } from '../files/damage.ts';
import type { ReplayFile } from '../files/trace-file.ts';
import { type CheckpointLimits, checkpointLimitsFor } from '../index/checkpoints.ts';
import type { StartIndex } from '../index/client.ts';
import type { IndexMessage } from '../index/protocol.ts';
import { TraceIndex } from '../index/trace-index.ts';
import { CommandQueue, clampToSpan, type NavigationCommand } from './command-queue.ts';
import { type NotFound, navigate, type Position } from './navigate.ts';
import { advancePlayback, realTimeSpeedIndex, speeds } from './playback.ts';
import type { Playhead } from './playhead.ts';
import { Seeker } from './seeker.ts';

/** Real time, and a way to be called later. */
export type PlayerClock = {
  now: () => bigint;
  schedule: (milliseconds: number, run: () => void) => () => void;
};

export type PlayerOptions = {
  files: readonly ReplayFile[];
  startIndex: StartIndex;
  clock: PlayerClock;
  history?: number | undefined;
  chunkBytes?: number | undefined;
  limits?: CheckpointLimits | undefined;
  playing?: boolean | undefined;
};

const tickIntervalMs = 100;

/** Plays a trace: an event source with a clock of its own, which can be told to be anywhere. */
export class Player implements EventSource {
  readonly info: SourceInfo;
  readonly replay = {
    status: () => this.#status(),
    send: (command: ReplayCommand) => this.#execute(command),
  };
  readonly #options: PlayerOptions;
  readonly #index: TraceIndex;
  readonly #seeker: Seeker;
  readonly #damagedFiles: DamagedFiles;
  readonly #fromNs: bigint;
  #position: Position;
  #listener: SourceListener | undefined;
  #indexer: { stop(): Promise<void> } | undefined;
  #playing: boolean;
  #skipIdle = false;
  #speed = realTimeSpeedIndex;
  #busy: ReplayStatus['busy'];
  readonly #commands = new CommandQueue({
    // A tick under way ends before anything moves.
    beforeFirst: () => this.#runningTick,
    execute: (errand, cancelled) => this.#navigate(errand, cancelled),
    onIdle: () => {
      this.#busy = undefined;
      this.#lastTickNs = this.#options.clock.now();
      this.#emitStatus();
    },
    onError: (error) => this.#fail(error),
  });
  #runningTick: Promise<void> | undefined;
  #cancelTick: () => void = () => {};
  #lastTickNs = 0n;

  /** At the start of a trace, before its first event. @throws the file system's error */
  static async open(options: PlayerOptions): Promise<Player> {
    const { files, history = defaultLogCapacity, chunkBytes } = options;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const index = new TraceIndex(options.limits ?? checkpointLimitsFor(total));
    const lost = new DamagedFiles(files);
    const seeker = new Seeker({ files, index, history, chunkBytes, onTruncatedFile: lost.addTruncated });
    const head = (await seeker.seek({ kind: 'opening' })) as Playhead;
    return new Player(options, index, seeker, lost, head);
  }

  private constructor(
    options: PlayerOptions,
    index: TraceIndex,
    seeker: Seeker,
    lost: DamagedFiles,
    playhead: Playhead,
  ) {
    this.#options = options;
    this.#index = index;
    this.#seeker = seeker;
    this.#damagedFiles = lost;
    this.#fromNs = playhead.state.atNs;
    this.#position = { playhead, atNs: this.#fromNs };
    this.info = playhead.state.info;
    this.#playing = options.playing ?? true;
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    this.#indexer = this.#options.startIndex((message) => this.#onIndexMessage(message), listener.onError);
    this.#emitSystemState();
    this.#damagedFiles.subscribe((text) => this.#listener?.onNotice?.(text));
    this.#lastTickNs = this.#options.clock.now();
    this.#scheduleTick();
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    this.#cancelTick();
    await Promise.all([this.#indexer?.stop(), this.#commands.stop()]);
  }

  /** Until nothing asked for is left to do. */
  whenIdle(): Promise<void> {
    return this.#commands.whenIdle();
  }

  #status(): ReplayStatus {
    const {
      toNs,
      indexed: indexedShare,
      density,
      landmarkCount,
      skipped: skippedLines,
      done,
    } = this.#index.progress;
    const { playhead, atNs: positionNs } = this.#position;
    return {
      fromNs: this.#fromNs,
      toNs: clampToSpan(positionNs, { fromNs: toNs, toNs: positionNs }),
      positionNs,
      speed: speeds[this.#speed]?.label ?? '',
      playing: this.#playing,
      skipIdle: this.#skipIdle,
      indexedShare,
      density,
      landmarks: landmarkCount,
      skippedLines,
      incomplete: this.#damagedFiles.any,
      busy: this.#busy,
      atEnd:
        playhead.atEnd ||
        (done && positionNs >= toNs && playhead.state.events >= this.#index.progress.events),
    };
  }

  #execute(command: ReplayCommand): void {
    switch (command.type) {
      case 'togglePlay':
        this.#playing = !this.#playing;
        // From the end it begins anew.
        if (this.#playing && this.#status().atEnd) this.#enqueue({ type: 'moveTo', share: 0 });
        break;
      case 'toggleSkipIdle':
        this.#skipIdle = !this.#skipIdle;
        break;
      case 'speed':
        this.#speed = Math.max(0, Math.min(speeds.length - 1, this.#speed + command.steps));
        break;
      default:
        if (command.type === 'step') this.#playing = false;
        this.#enqueue(command);
    }
    this.#emitStatus();
  }

  #enqueue(command: ReplayCommand): void {
    this.#commands.enqueue(command, this.#status());
  }

  async #navigate(errand: NavigationCommand, isCancelled: () => boolean): Promise<void> {
    const { files } = this.#options;
    const span = this.#status();
    const outcome = await navigate(errand, {
      files,
      index: this.#index,
      seeker: this.#seeker,
      from: this.#position,
      span,
      isCancelled,
      setBusy: (what) => this.#setBusy(what),
    });
    if (!outcome) return;
    if ('what' in outcome) return this.#reportNotFound(outcome);
    this.#position = outcome;
    this.#emitSystemState();
    if (errand.kind === 'time' && errand.atNs === span.toNs && span.indexedShare < 1)
      this.#listener?.onNotice?.('as far as the trace is indexed');
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#options.clock.schedule(tickIntervalMs, () => {
      this.#runningTick = this.#tick()
        .catch((error: Error) => this.#fail(error))
        .finally(() => {
          this.#runningTick = undefined;
          if (this.#listener) this.#scheduleTick();
        });
    });
  }

  /** Let trace time go on by as much as real time did. */
  async #tick(): Promise<void> {
    const now = this.#options.clock.now();
    const passedNs = now - this.#lastTickNs;
    this.#lastTickNs = now;
    if (!this.#playing || this.#commands.isBusy) return;
    const { state } = this.#position.playhead;
    const { systemState, info } = state;
    const { numerator, denominator } = speeds[this.#speed] as (typeof speeds)[number];
    const { atNs, records, atEnd } = await advancePlayback(
      this.#position,
      (passedNs * numerator) / denominator,
      this.#skipIdle,
    );
    this.#position = { ...this.#position, atNs };
    if (atEnd) this.#playing = false;
    if (state.systemState !== systemState || state.info !== info) this.#emitSystemState();
    else this.#listener?.onBatch({ nowNs: state.toMonotonicNs(atNs), records });
    this.#emitStatus();
  }

  #onIndexMessage(message: IndexMessage): void {
    if (message.type === 'failed') {
      this.#listener?.onError(Object.assign(new Error(message.message), { code: message.code }));
      return;
    }
    if (message.type === 'short') this.#damagedFiles.addTruncated(message.name);
    else this.#index.add(message);
    if (message.type === 'progress') this.#emitStatus();
  }

  #reportNotFound({ what, direction }: NotFound): void {
    const known = this.#index.progress.done || direction < 0 ? '' : ' as far as the trace is indexed';
    this.#listener?.onNotice?.(`no ${what} ${direction > 0 ? 'behind' : 'before'} this moment${known}`);
  }

  #setBusy(busy: ReplayStatus['busy']): void {
    this.#busy = busy;
    this.#emitStatus();
  }

  #emitSystemState(): void {
    const shown = this.#position.playhead.state.clone();
    shown.advanceTo(this.#position.atNs);
    this.#listener?.onSystemState?.(shown.systemState, shown.info);
    this.#emitStatus();
  }

  #emitStatus(): void {
    this.#listener?.onReplayStatus?.(this.#status());
  }

  #fail(error: Error): void {
    this.#playing = false;
    this.#listener?.onError(error);
  }
}
