import type { LinkListener } from '../../domain/fleet/fleet-link.ts';
import { formatBytes } from '../../util/format.ts';
import type { ConnectQueue } from './connect-queue.ts';
import { ConnectionProcess, lastLineOf } from './connection-process.ts';
import { type ConnectionEnd, exitReason, isLineLost } from './exit-reason.ts';
import type { Installation, Pusher } from './push.ts';
import type { Target } from './targets.ts';
import { maxGreetingBytes, TraceStart } from './trace-start.ts';

/** How guests are connected to. */
export type Transport = {
  /** Returns the command line that runs a command at a guest. */
  commandLine: (address: string, command: readonly string[]) => string[];
  /** The command that streams the trace of a guest, at the far end. */
  command: readonly string[];
  /** Installs the program where it is missing; undefined if that is not wanted. */
  pusher?: Pusher | undefined;
};

type GuestConnectionOptions = Transport & { target: Target; queue: ConnectQueue; listener: LinkListener };

/** Delays before a connection is made again, ms. */
const firstDelayMs = 1_000;
const maxDelayMs = 30_000;
/** Time after which a guest that sends nothing no longer delays those that wait for their turn, ms. */
export const turnMs = 15_000;
/** The same for a guest that receives the program, which may take minutes on a slow line. */
export const pushTurnMs = 120_000;

/** The connections to one guest, one after the other. */
export class GuestConnection {
  readonly #options: GuestConnectionOptions;
  #connection: ConnectionProcess | undefined;
  #retry: NodeJS.Timeout | undefined;
  #turn: NodeJS.Timeout | undefined;
  #delayMs = firstDelayMs;
  /** When the guest began to send its last trace, ms; undefined if it never has. */
  #liveMs: number | undefined;
  #stopped = false;

  constructor(options: GuestConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    const { target, listener } = this.#options;
    listener.onState(target.id, 'connecting');
    this.#connectInTurn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#turn);
    await this.#connection?.close();
  }

  #connectInTurn(): void {
    const { queue, target, listener } = this.#options;
    queue.add((done) => {
      if (this.#stopped) return done();
      this.#turn = setTimeout(() => {
        done();
        listener.onState(target.id, 'connecting', `no trace for ${turnMs / 1000}s`);
      }, turnMs);
      this.#connect(() => {
        clearTimeout(this.#turn);
        done();
      });
    });
  }

  /** Connects. Calls `done` once the trace has begun or the attempt has failed. */
  #connect(done: () => void, installation?: Installation): void {
    const { target, listener, commandLine, command, pusher } = this.#options;
    const start = new TraceStart();
    this.#connection = new ConnectionProcess({
      commandLine: commandLine(target.address, installation?.command ?? pusher?.question(command) ?? command),
      input: installation?.input,
      onBytes: (chunk) => {
        if (this.#stopped || start.isTooLong) return;
        const wasFound = start.isFound;
        const trace = start.push(chunk);
        if (start.isTooLong) void this.#connection?.close();
        if (!trace) return;
        if (!wasFound) this.#onLive(done);
        listener.onBytes(target.id, trace);
      },
      onEnd: (end) => {
        this.#connection = undefined;
        const question = installation ? undefined : pusher?.missing(end.code, start.greeting);
        if (question !== undefined && !this.#stopped) return void this.#push(done, question);
        if (!this.#stopped) this.#onEnd(end, start);
        done();
      },
    });
  }

  /** Sends the program to the guest, and connects again. */
  async #push(done: () => void, missing: string): Promise<void> {
    const { target, listener, pusher, command } = this.#options;
    clearTimeout(this.#turn);
    this.#turn = setTimeout(done, pushTurnMs);
    listener.onState(target.id, 'connecting', 'sending the program');
    try {
      const installation = await pusher?.install(missing, command);
      if (!this.#stopped) return this.#connect(done, installation);
    } catch (error) {
      if (!this.#stopped) this.#retryLater('failed', (error as Error).message);
    }
    done();
  }

  #onLive(done: () => void): void {
    const { target, listener } = this.#options;
    done();
    this.#liveMs = performance.now();
    listener.onState(target.id, 'live');
  }

  #onEnd(end: ConnectionEnd, start: TraceStart): void {
    const { target, listener } = this.#options;
    const wasLive = this.#liveMs !== undefined;
    // A far end that ends at once is not asked again at once.
    if (start.isFound && performance.now() - (this.#liveMs ?? 0) > maxDelayMs) this.#delayMs = firstDelayMs;
    if (start.isFound && end.code === 0) listener.onState(target.id, 'ended', 'its stream has ended');
    else if (start.isFound || (wasLive && isLineLost(end)))
      this.#retryLater('reconnecting', reasonOf(end, start));
    else this.#retryLater('failed', reasonOf(end, start));
  }

  /** Connects again later: a lost line soon, anything else after the longest delay. Delays vary, so that guests do not connect at once. */
  #retryLater(state: 'failed' | 'reconnecting', reason: string): void {
    const { target, listener } = this.#options;
    listener.onState(target.id, state, reason);
    const delayMs = state === 'failed' ? maxDelayMs : this.#delayMs;
    this.#delayMs = Math.min(maxDelayMs, this.#delayMs * 2);
    this.#retry = setTimeout(() => this.#connectInTurn(), delayMs * (0.75 + Math.random() / 2));
  }
}

const reasonOf = (end: ConnectionEnd, { isFound, isTooLong, greeting }: TraceStart): string => {
  if (isTooLong) return `no trace in its first ${formatBytes(maxGreetingBytes)}`;
  // Some shells refuse on standard output.
  return exitReason({ ...end, lastLine: end.lastLine || (isFound ? '' : lastLineOf(greeting)) });
};
