import type { ChurnRecord } from '../../domain/event.ts';
import type { ReplayCommand, ReplayStatus } from '../../domain/replay.ts';
import type { EventSource, SourceInfo, SourceListener } from '../../domain/source.ts';
import { historyLimit } from '../../domain/world.ts';
import { type CheckpointLimits, limitsFor } from './checkpoints.ts';
import { type Errand, merged, within } from './errand.ts';
import type { TraceFile } from './file.ts';
import type { StartIndex } from './index-client.ts';
import type { IndexMessage } from './index-protocol.ts';
import { Lost } from './lost.ts';
import type { Playhead } from './playhead.ts';
import { commQuery, findEvent, pidQuery } from './search.ts';
import { Seeker } from './seeker.ts';
import { realTime, speeds } from './speeds.ts';
import { TraceIndex } from './trace-index.ts';

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
/** What one tick may read; beyond it, playing is slower than asked. */
const chunksPerTick = 40;
/** Quiet for longer is skipped, if that is asked for, up to shortly before the next event. */
const idleNs = 1_000_000_000n;
const leadNs = 200_000_000n;

/** Plays a trace: an event source with a clock of its own, which can be told to be anywhere. */
export class Player implements EventSource {
  readonly info: SourceInfo;
  readonly replay = { status: () => this.#status(), run: (command: ReplayCommand) => this.#run(command) };
  readonly #options: PlayerOptions;
  readonly #index: TraceIndex;
  readonly #seeker: Seeker;
  readonly #lost: Lost;
  readonly #fromNs: bigint;
  #head: Playhead;
  /** The moment shown: the last record taken, or later. */
  #momentNs: bigint;
  #listener: SourceListener | undefined;
  #indexing: { stop(): Promise<void> } | undefined;
  #playing: boolean;
  #skipIdle = false;
  #speed = realTime;
  #errand: Errand | undefined;
  #busy: ReplayStatus['busy'];
  #working: Promise<void> | undefined;
  /** Another errand came that makes the one under way pointless. */
  #cancelled = false;
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
    this.#head = head;
    this.#fromNs = head.fold.atNs;
    this.#momentNs = this.#fromNs;
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
    this.#cancelled = true;
    this.#errand = undefined;
    await Promise.all([this.#indexing?.stop(), this.#working]);
  }

  /** Until nothing asked for is left to do. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  #status(): ReplayStatus {
    const { toNs, indexed, density, gapCount, skipped, done } = this.#index.progress;
    const nowNs = this.#momentNs;
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
      atEnd:
        this.#head.atEnd || (done && nowNs >= toNs && this.#head.fold.events >= this.#index.progress.events),
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
    this.#errand = merged(this.#errand, command, this.#status());
    // Steps wait for what is under way; a new place makes it pointless.
    if (this.#errand?.kind !== 'step') this.#cancelled = true;
    this.#working ??= this.#work().catch((error: Error) => this.#fail(error));
  }

  async #work(): Promise<void> {
    try {
      // A tick under way ends before anything moves.
      await this.#ticking;
      for (let errand = this.#errand; errand; errand = this.#errand) {
        this.#errand = undefined;
        this.#cancelled = false;
        await this.#do(errand);
      }
    } finally {
      this.#busy = undefined;
      this.#working = undefined;
      this.#tickedNs = this.#options.clock.now();
      this.#tellStatus();
    }
  }

  async #do(errand: Errand): Promise<void> {
    const { fold } = this.#head;
    if (errand.kind === 'step') {
      const events = fold.events + errand.events;
      if (errand.events > 0) await this.#forward(events);
      else await this.#jump(events > 0 ? { kind: 'event', events } : { kind: 'opening' });
    } else if (errand.kind === 'time') {
      const atNs = errand.atNs;
      if (atNs <= this.#fromNs) await this.#jump({ kind: 'opening' });
      else await this.#jump({ kind: 'time', atNs: within(atNs, this.#status()) });
    } else if (errand.do === 'gap') {
      const gap = this.#index.gap(fold.events, errand.direction);
      if (gap) await this.#jump({ kind: 'event', events: gap.events });
      else this.#missing('gap, note or alert', errand.direction);
    } else {
      await this.#find(errand);
    }
  }

  async #find(errand: Errand & { kind: 'find'; do: 'comm' | 'pid' }): Promise<void> {
    const { direction } = errand;
    const query = errand.do === 'comm' ? commQuery(errand.comm) : pidQuery(errand.pid);
    const near = this.#head.near(direction, query.matches);
    if (near !== undefined) return this.#jump({ kind: 'event', events: near });
    this.#say('searching');
    const { from, to } = this.#head.chunk;
    const cancelled = () => this.#cancelled;
    const spot = await findEvent(this.#options.files, direction > 0 ? to : from, direction, query, cancelled);
    if (spot) await this.#jump({ kind: 'spot', spot });
    else if (!this.#cancelled)
      this.#missing(`event of ${errand.do === 'comm' ? errand.comm : errand.pid}`, direction);
  }

  async #forward(events: number): Promise<void> {
    await this.#head.advance({ kind: 'event', events }, { cancelled: () => this.#cancelled });
    this.#momentNs = this.#head.fold.atNs;
    this.#tellWorld();
  }

  async #jump(target: Parameters<Seeker['to']>[0]): Promise<void> {
    this.#say('seeking');
    const head = await this.#seeker.to(target, () => this.#cancelled);
    if (!head) return;
    this.#head = head;
    this.#momentNs =
      target.kind === 'time'
        ? within(target.atNs, { fromNs: head.fold.atNs, toNs: target.atNs })
        : head.fold.atNs;
    this.#tellWorld();
  }

  #ticking: Promise<void> | undefined;

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
    if (!this.#playing || this.#working) return;
    const head = this.#head;
    const { fold } = head;
    const { world, info, events } = fold;
    const { times, over } = speeds[this.#speed] as (typeof speeds)[number];
    const atNs = this.#momentNs + (passedNs * times) / over;
    const records: ChurnRecord[] = [];
    const taken = (record: ChurnRecord) => records.push(record);
    const arrival = await head.advance({ kind: 'time', atNs }, { chunks: chunksPerTick, taken });
    if (arrival === 'there') this.#momentNs = atNs;
    else if (fold.atNs > this.#momentNs) this.#momentNs = fold.atNs;
    if (this.#skipIdle && arrival === 'there' && fold.events === events) {
      const nextNs = head.nextEventNs();
      if (nextNs !== undefined && nextNs - atNs > idleNs) {
        this.#momentNs = nextNs - leadNs;
        await head.advance({ kind: 'time', atNs: this.#momentNs }, { taken });
      }
    }
    if (arrival === 'end') this.#playing = false;
    if (fold.world !== world || fold.info !== info) this.#tellWorld();
    else this.#listener?.onBatch({ nowNs: fold.monotonic(this.#momentNs), records });
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

  #missing(what: string, direction: 1 | -1): void {
    const known = this.#index.progress.done || direction < 0 ? '' : ' as far as the trace is indexed';
    this.#listener?.onNotice?.(`no ${what} ${direction > 0 ? 'behind' : 'before'} this moment${known}`);
  }

  #say(busy: ReplayStatus['busy']): void {
    this.#busy = busy;
    this.#tellStatus();
  }

  #tellWorld(): void {
    const shown = this.#head.fold.freeze();
    shown.settle(this.#momentNs);
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
