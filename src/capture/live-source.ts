import script from 'worker:./worker/worker.ts';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { AlertRule } from '../domain/alerts/rule.ts';
import { createNote } from '../domain/events/event.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import { tryRead } from '../proc/errors.ts';
import { readHostInfo } from '../proc/host-info.ts';
import { readProcessDetails } from '../proc/process-details.ts';
import { openProcReader, type ProcReader } from '../proc/reader.ts';
import {
  ackedIndex,
  controlIndex,
  createSharedCounters,
  type SamplerOptions,
  stopIndex,
} from './core/protocol.ts';
import { createMessageBuffer, type MessageBuffer } from './message-buffer.ts';
import { readCursorPid } from './samplers/detect-mode.ts';
import type { ControlMessage, Subscriber } from './worker/tee.ts';

export type LiveOptions = {
  /** The proc root. Default `/proc`. */
  root?: string | undefined;
  /** A fixed time between looks, ns. Default: adaptive. */
  intervalNs?: bigint | undefined;
  /** Share of one core the sampler may use while the guest is quiet. Default 0.05. */
  cpuLimit?: number | undefined;
  /** The same while processes come and go. Default 0.15. */
  cpuLimitBusy?: number | undefined;
  /** Tell children of this very process as well; they are helpers, not churn of the guest. Default false. */
  ownChildren?: boolean | undefined;
  /** Tell with which arguments programs were called (`args` of spawns and execs). They can hold secrets. Default false. */
  recordArgs?: boolean | undefined;
  /** Control groups with each birth and exec. Default false. */
  recordCgroups?: boolean | undefined;
  /** What to tell of as alerts (`trace.alert`), among the other records. Default: nothing. */
  alerts?: readonly AlertRule[] | undefined;
};

export type LiveSource = EventSource & {
  /** Look already, while whoever will listen gets ready; `start` then gives what was seen from here on. */
  startEarly(): void;
  /** Post everything to `feed`, too, straight from the sampling thread and beginning with who is alive; or no longer. */
  tee(subscriber: Subscriber | undefined): void;
};

/**
 * What the sampler makes is short-lived, and V8 would let the young part of its heap grow in steps through a storm:
 * resident memory rose by 76 MiB a minute, with this bound it stays, and as many processes are seen.
 */
const maxYoungGenerationMb = 8;

/** How long a sampler may take to say its last words, ms. */
const stopTimeoutMs = 500;

/** Live capture as an event source: the sampling runs on its own thread, which never waits for this one. */
export const openLive = (options: LiveOptions = {}): LiveSource => {
  const {
    root = '/proc',
    intervalNs,
    cpuLimit = 0.05,
    cpuLimitBusy = 0.15,
    ownChildren = false,
    recordArgs = false,
    recordCgroups = false,
    alerts = [],
  } = options;
  const proc = openProcReader(root);
  // Fails here, before a thread is started or a screen is taken over.
  proc.listPids();
  const hostInfo = readHostInfo(proc, process.hrtime.bigint());
  const info = recordCgroups ? { ...hostInfo, cgroups: recordCgroups } : hostInfo;
  let shared = createSharedCounters();
  let worker: Worker | undefined;
  let mailbox: MessageBuffer | undefined;
  let pendingSubscriber: Subscriber | undefined;
  const sendControl = (given: ControlMessage, transfer: MessagePort[] = []) => {
    worker?.postMessage(given, transfer);
    Atomics.add(shared, controlIndex, 1);
  };
  const tee = (feed: Subscriber | undefined) => sendControl({ type: 'tee', feed }, feed ? [feed.port] : []);

  const begin = () => {
    // Anew for each start: the words of a stopped sampler say stop.
    const fresh = createSharedCounters();
    shared = fresh;
    const cursorBeforeStart = readCursorPid(proc);
    const given: SamplerOptions = {
      root,
      intervalNs,
      cpuLimit,
      cpuLimitBusy,
      ownChildren,
      recordArgs,
      alerts,
      recordCgroups,
      info,
      cursorBeforeStart,
    };
    worker = new Worker(script, {
      eval: true,
      workerData: { options: given, shared },
      name: 'churntop-sampler',
      resourceLimits: { maxYoungGenerationSizeMb: maxYoungGenerationMb },
    });
    const box = createMessageBuffer(() => Atomics.add(fresh, ackedIndex, 1));
    worker.on('message', box.put);
    worker.on('error', box.fail);
    if (pendingSubscriber) tee(pendingSubscriber);
    return box;
  };

  return {
    info,
    startEarly() {
      if (!worker) mailbox = begin();
    },
    start(listener) {
      if (!worker || !mailbox) mailbox = begin();
      mailbox.listen(listener);
    },
    tee(feed) {
      if (worker) tee(feed);
      else pendingSubscriber = feed;
    },
    addNote(text) {
      const note = createNote(text, process.hrtime.bigint());
      if (note && worker) sendControl({ type: 'note', note });
    },
    async stop() {
      const stopping = worker;
      worker = undefined;
      Atomics.store(shared, stopIndex, 1);
      Atomics.notify(shared, stopIndex);
      if (stopping) await terminated(stopping);
    },
    readStates(pids) {
      const letters = new Map<number, string>();
      for (const pid of pids) {
        const letter = stateOf(proc, pid);
        if (letter !== undefined) letters.set(pid, letter);
      }
      return letters;
    },
    readDetails: (process) => readProcessDetails(proc, process),
  };
};

/** A letter for the screen is not worth an end: what cannot be read now (EMFILE, EIO) is left out and asked again. */
const stateOf = (proc: ProcReader, pid: number): string | undefined => {
  const reading = tryRead(() => proc.readProcess(pid));
  return typeof reading === 'object' ? reading.stat.state : undefined;
};

/** Its last batch comes before its exit; one that does not end is ended. */
const terminated = async (worker: Worker): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const out = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
    timer = setTimeout(resolve, stopTimeoutMs);
  });
  await out;
  clearTimeout(timer);
  await worker.terminate();
};
