import { defaultLogCapacity } from '../../../domain/processes/system-state.ts';
import type { EventSource, SourceInfo, SourceListener } from '../../../domain/source/event-source.ts';
import type { ReplayCommand, ReplayStatus } from '../../../domain/source/replay-control.ts';
import { DamagedFiles } from '../files/damaged-files.ts';
import type { ReplayFile } from '../files/replay-file.ts';
import { type CheckpointLimits, checkpointLimitsFor } from '../index/checkpoints.ts';
import type { StartIndex } from '../index/client.ts';
import type { IndexMessage } from '../index/protocol.ts';
import { TraceIndex } from '../index/trace-index.ts';
import { CommandQueue, clampToSpan, type NavigationCommand } from './command-queue.ts';
import { type NotFound, navigate, type Position } from './navigate.ts';
import { advancePlayback, realTimeSpeedIndex, speeds } from './playback.ts';
import type { PlayerClock } from './player-clock.ts';
import type { Playhead } from './playhead.ts';
import { Seeker } from './seeker.ts';
import { UnindexedCommands } from './unindexed-commands.ts';

export type PlayerOptions = {
  files: readonly ReplayFile[];
  startIndex: StartIndex;
  clock: PlayerClock;
  history?: number | undefined;
  chunkBytes?: number | undefined;
  limits?: CheckpointLimits | undefined;
  playing?: boolean | undefined;
};

type PlayerParts = { index: TraceIndex; damagedFiles: DamagedFiles; seeker: Seeker; playhead: Playhead };

const tickIntervalMs = 100;

/** An event source that plays a trace on a clock of its own, and can seek to any position. */
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
  readonly #unindexed: UnindexedCommands;
  readonly #commands = new CommandQueue({
    // A running tick must end before the position changes.
    beforeFirst: () => this.#runningTick,
    execute: (command, signal) => this.#navigate(command, signal),
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

  /** Opens a trace at its start, before its first event. @throws the file system's error */
  static async open(options: PlayerOptions): Promise<Player> {
    const { files, history = defaultLogCapacity, chunkBytes } = options;
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    const index = new TraceIndex(options.limits ?? checkpointLimitsFor(totalBytes));
    const damagedFiles = new DamagedFiles(files);
    const onTruncatedFile = damagedFiles.addTruncated;
    const seeker = new Seeker({ files, index, history, chunkBytes, onTruncatedFile });
    const playhead = (await seeker.seek({ kind: 'start' })) as Playhead;
    return new Player(options, { index, damagedFiles, seeker, playhead });
  }

  private constructor(options: PlayerOptions, { index, damagedFiles, seeker, playhead }: PlayerParts) {
    this.#options = options;
    this.#index = index;
    this.#unindexed = new UnindexedCommands(index, damagedFiles, (text) => this.#listener?.onNotice?.(text));
    this.#seeker = seeker;
    this.#damagedFiles = damagedFiles;
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

  /** Resolves when all commands are executed. */
  whenIdle(): Promise<void> {
    return this.#commands.whenIdle();
  }

  #status(): ReplayStatus {
    const { progress } = this.#index;
    const { toNs } = progress;
    const { playhead, atNs: positionNs } = this.#position;
    return {
      fromNs: this.#fromNs,
      toNs: clampToSpan(positionNs, { fromNs: toNs, toNs: positionNs }),
      positionNs,
      wallSteps: progress.wallSteps,
      speed: speeds[this.#speed]?.label ?? '',
      playing: this.#playing,
      skipIdle: this.#skipIdle,
      indexedShare: progress.indexed,
      density: progress.density,
      landmarks: progress.landmarkCount,
      skippedLines: progress.skipped,
      incomplete: this.#damagedFiles.any,
      busy: this.#busy,
      atEnd:
        playhead.atEnd || (progress.done && positionNs >= toNs && playhead.state.events >= progress.events),
    };
  }

  #execute(command: ReplayCommand): void {
    switch (command.type) {
      case 'play':
      case 'togglePlay':
        this.#playing = command.type === 'play' || !this.#playing;
        // At the end, playing starts over.
        if (this.#playing && this.#status().atEnd) this.#enqueue({ type: 'scrubTo', share: 0 });
        break;
      case 'toggleSkipIdle':
        this.#skipIdle = !this.#skipIdle;
        break;
      case 'changeSpeed':
        this.#speed = Math.max(0, Math.min(speeds.length - 1, this.#speed + command.steps));
        break;
      default:
        if (command.type === 'step') this.#playing = false;
        this.#enqueue(command);
    }
    this.#emitStatus();
  }

  #enqueue(command: ReplayCommand): void {
    const status = this.#status();
    const admitted = this.#unindexed.admit(command, status);
    if (admitted) this.#commands.enqueue(admitted, status);
  }

  async #navigate(command: NavigationCommand, signal: AbortSignal): Promise<void> {
    const span = this.#status();
    const result = await navigate(command, {
      files: this.#options.files,
      index: this.#index,
      seeker: this.#seeker,
      from: this.#position,
      span,
      signal,
      setBusy: (busy) => this.#setBusy(busy),
    });
    if (!result) return;
    if ('subject' in result) return this.#reportNotFound(result);
    this.#position = result;
    this.#emitSystemState();
    if (command.kind === 'time' && command.atNs === span.toNs && span.indexedShare < 1)
      this.#listener?.onNotice?.('end of the indexed part; indexing continues');
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

  /** Advances trace time by the real time since the last tick, times the speed. */
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
    if (message.type === 'truncated') this.#damagedFiles.addTruncated(message.name);
    else this.#index.add(message);
    if (message.type !== 'progress') return;
    const pending = this.#unindexed.takePending();
    if (pending) this.#enqueue(pending);
    this.#emitStatus();
  }

  #reportNotFound({ subject, direction }: NotFound): void {
    const scope = this.#index.progress.done || direction < 0 ? '' : ' in the indexed part';
    this.#listener?.onNotice?.(`no ${subject} ${direction > 0 ? 'after' : 'before'} this time${scope}`);
  }

  #setBusy(busy: ReplayStatus['busy']): void {
    this.#busy = busy;
    this.#emitStatus();
  }

  #emitSystemState(): void {
    const state = this.#position.playhead.state.clone();
    state.advanceTo(this.#position.atNs);
    this.#listener?.onSystemState?.(state.systemState, state.info);
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
