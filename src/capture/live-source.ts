import script from 'worker:./worker/worker.ts';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { AlertRule } from '../domain/alerts/rule.ts';
import { createNote } from '../domain/events/event.ts';
import type { ProcessId } from '../domain/events/process-id.ts';
import type { UsageReading } from '../domain/processes/process-usage.ts';
import type { EventSource, SourceInfo, SourceListener } from '../domain/source/event-source.ts';
import { withOffsets } from '../domain/source/wall-clock.ts';
import { readHostInfo } from '../proc/host-info.ts';
import { readPageSize, readUsage } from '../proc/process-usage.ts';
import { openProcReader, type ProcReader } from '../proc/reader.ts';
import { blockedThreads } from '../util/blocked-threads.ts';
import { waitAtMost } from '../util/wait.ts';
import {
  ackedIndex,
  controlIndex,
  createSharedCounters,
  type SamplerMessage,
  type SamplerOptions,
  stopIndex,
} from './core/protocol.ts';
import { defaultSource, type SourceName } from './core/source.ts';
import { DetailsReader } from './details-reader.ts';
import { MessageBuffer } from './message-buffer.ts';
import { maxReaders, maxRecordedArgsLength, maxScreenArgsLength } from './reader/protocol.ts';
import { startReader, stopReader } from './reader/reader-thread.ts';
import { readPidCounter } from './samplers/detect-mode.ts';
import type { ControlMessage, Subscriber } from './worker/tee.ts';

export type LiveOptions = {
  /** The proc root. Default: `/proc`. */
  root?: string | undefined;
  /** The source of events: `kernel`, `proc` (polls /proc), or `auto`: the kernel if it sends events here. Default: `auto`. */
  source?: SourceName | undefined;
  /** A fixed sampling interval, ns. Default: adaptive. */
  intervalNs?: bigint | undefined;
  /** CPU limit while the guest is quiet, as a share of one core. Default: 0.05. */
  cpuLimit?: number | undefined;
  /** CPU limit while processes spawn and exit, as a share of one core. Default: 0.15. */
  cpuLimitBusy?: number | undefined;
  /**
   * Whether to report children of the calling process. If it adopts orphans, as PID 1 of a container does, they are always
   * reported. Default: false.
   */
  ownChildren?: boolean | undefined;
  /** Whether to add command-line arguments to spawn and exec records. They can contain secrets. Default: false. */
  recordArgs?: boolean | undefined;
  /** Whether to add control groups to spawn and exec records. Default: false. */
  recordCgroups?: boolean | undefined;
  /** Whether to read arguments for the listener only: a recording does not get them. Default: `recordArgs`. */
  readArgs?: boolean | undefined;
  /** Whether to read control groups for the listener only. Default: `recordCgroups`. */
  readCgroups?: boolean | undefined;
  /** Alert rules to evaluate. Alerts are `trace.alert` records. Default: none. */
  alerts?: readonly AlertRule[] | undefined;
};

/** The event source of a live capture. */
export type LiveSource = EventSource & {
  /** Starts to sample before there is a listener. `start` then delivers the records from here on. */
  startEarly(): void;
  /** Starts early, and resolves when sampling has begun. Rejects if it cannot, as when the source is not available. */
  started(): Promise<void>;
  /** Sets the subscriber, which receives the live processes and then all records; undefined removes it. */
  tee(subscriber: Subscriber | undefined): void;
};

/**
 * Limit of V8's young generation in the sampling thread, MB. Without it, V8 grows the young generation during a storm:
 * resident memory rose by 76 MiB per minute. With it, memory stays constant, and just as many processes are seen.
 */
const maxYoungGenerationMb = 8;

/** How long `stop` waits for the last records of the sampling thread, ms. */
const stopTimeoutMs = 500;

/**
 * Opens a live capture. It samples on its own thread, which never waits for the calling thread.
 * @throws ProcError when the proc root cannot be listed.
 */
export const openLive = (options: LiveOptions = {}): LiveSource => {
  const proc = openProcReader(options.root ?? '/proc');
  // Throws before a thread is started or the screen is drawn.
  proc.listPids();
  return new LiveCapture(proc, options);
};

class LiveCapture implements LiveSource {
  info: SourceInfo;
  readonly #proc: ProcReader;
  readonly #options: Omit<SamplerOptions, 'counterBeforeStart'>;
  readonly #details: DetailsReader;
  /** The threads that read arguments and control groups for records. */
  #readers: Worker[] = [];
  #shared = createSharedCounters();
  #worker: Worker | undefined;
  #pageSize: number | undefined;
  /** Resolves when the last worker that was stopped has delivered everything. */
  #stopped: Promise<void> = Promise.resolve();
  #messages: MessageBuffer | undefined;
  #initialSubscriber: Subscriber | undefined;

  constructor(proc: ProcReader, options: LiveOptions) {
    const { source = defaultSource, cpuLimit = 0.05, cpuLimitBusy = 0.15, ownChildren = false } = options;
    const { intervalNs, recordArgs = false, recordCgroups = false, alerts = [] } = options;
    const { readArgs = false, readCgroups = false } = options;
    const read = { args: readArgs || recordArgs, cgroup: readCgroups || recordCgroups };
    const hostInfo = readHostInfo(proc, process.hrtime.bigint);
    this.info = read.cgroup ? { ...hostInfo, cgroups: true } : hostInfo;
    this.#proc = proc;
    this.#details = new DetailsReader(proc.root, () => this.#readers.at(-1));
    this.#options = {
      root: proc.root,
      source,
      intervalNs,
      cpuLimit,
      cpuLimitBusy,
      ownChildren,
      read,
      recorded: { args: recordArgs, cgroup: recordCgroups },
      alerts,
      info: this.info,
      moduleUrl: import.meta.url,
    };
  }

  startEarly(): void {
    if (!this.#worker) this.#messages = this.#startWorker();
  }

  async started(): Promise<void> {
    this.startEarly();
    await this.#messages?.started;
  }

  start(listener: SourceListener): void {
    if (!this.#worker || !this.#messages) this.#messages = this.#startWorker();
    this.#messages.listen(listener);
  }

  stop(): Promise<void> {
    const worker = this.#worker;
    if (worker) {
      this.#worker = undefined;
      Atomics.store(this.#shared, stopIndex, 1);
      Atomics.notify(this.#shared, stopIndex);
      this.#stopped = terminate(worker);
    }
    const readers = this.#readers.splice(0);
    this.#stopped = this.#stopped.then(async () => {
      await Promise.all([this.#details.stop(), ...readers.map(stopReader)]);
    });
    return this.#stopped;
  }

  tee(subscriber: Subscriber | undefined): void {
    if (this.#worker) this.#sendSubscriber(subscriber);
    else this.#initialSubscriber = subscriber;
  }

  addNote(text: string): void {
    const note = createNote(text, process.hrtime.bigint());
    if (note && this.#worker) this.#sendControl({ type: 'note', note });
  }

  readUsage(pids: readonly number[]): ReadonlyMap<number, UsageReading> {
    this.#pageSize ??= readPageSize(openProcReader());
    const usages = new Map<number, UsageReading>();
    for (const pid of pids) {
      const options = { pageSize: this.#pageSize, nowNs: process.hrtime.bigint() };
      const usage = readUsage(this.#proc, pid, options);
      if (usage !== undefined) usages.set(pid, usage);
    }
    return usages;
  }

  readDetails(id: ProcessId) {
    return this.#details.read(id);
  }

  #startWorker(): MessageBuffer {
    // New counters with each start, because the stop counter of the previous ones is set.
    const shared = createSharedCounters();
    const options: SamplerOptions = {
      ...this.#options,
      info: this.info,
      counterBeforeStart: readPidCounter(this.#proc),
    };
    const worker = new Worker(script, {
      eval: true,
      workerData: { options, shared },
      name: 'churntop-sampler',
      resourceLimits: { maxYoungGenerationSizeMb: maxYoungGenerationMb },
    });
    const messages = new MessageBuffer(() => Atomics.add(shared, ackedIndex, 1), process.hrtime.bigint);
    worker.on('message', (message: SamplerMessage) => {
      if (message.type === 'clock') this.info = withOffsets(this.info, message.offsets);
      if (message.type === 'readerBlocked') this.#replaceReader();
      else messages.put(message);
    });
    worker.on('error', (error) => messages.fail(error));
    this.#shared = shared;
    this.#worker = worker;
    if (this.#initialSubscriber) this.#sendSubscriber(this.#initialSubscriber);
    if (options.read.args || options.read.cgroup) this.#startReader();
    return messages;
  }

  #startReader(): void {
    const { root, read: keys, recorded } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const maxArgsLength = recorded.args ? maxRecordedArgsLength : maxScreenArgsLength;
    this.#readers.push(startReader({ root, keys, maxArgsLength, port: port1 }));
    this.#sendControl({ type: 'reader', port: port2 }, [port2]);
  }

  /**
   * Starts another reader in place of the latest one, which is blocked. The blocked one keeps running, because its read
   * may return.
   */
  #replaceReader(): void {
    const blocked = this.#readers.at(-1);
    if (blocked) blockedThreads.add(blocked);
    if (this.#worker && this.#readers.length < maxReaders) this.#startReader();
  }

  #sendSubscriber(subscriber: Subscriber | undefined): void {
    this.#sendControl({ type: 'setSubscriber', subscriber }, subscriber ? [subscriber.port] : []);
  }

  #sendControl(message: ControlMessage, transfer: MessagePort[] = []): void {
    this.#worker?.postMessage(message, transfer);
    Atomics.add(this.#shared, controlIndex, 1);
  }
}

/** Waits for a worker to exit, after its last batch, and terminates it after a timeout. */
const terminate = async (worker: Worker): Promise<void> => {
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  await waitAtMost(exited, stopTimeoutMs);
  await worker.terminate();
};
