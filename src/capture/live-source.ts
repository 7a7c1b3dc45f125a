import script from 'worker:./worker/worker.ts';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { Rule } from '../domain/alerts/rule.ts';
import { noteOf } from '../domain/events/event.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import { ifReadable } from '../proc/errors.ts';
import { readFacts } from '../proc/host-info.ts';
import { readAbout } from '../proc/process-details.ts';
import { openProc, type Proc } from '../proc/reader.ts';
import { orderWord, type SamplerOptions, sharedWords, stopWord, takenWord } from './core/protocol.ts';
import { type Mailbox, openMailbox } from './message-buffer.ts';
import { cursorNow } from './samplers/detect-mode.ts';
import type { Feed, TeeOrder } from './worker/tee.ts';

export type LiveOptions = {
  /** The proc root. Default `/proc`. */
  root?: string | undefined;
  /** A fixed time between looks, ns. Default: adaptive. */
  intervalNs?: bigint | undefined;
  /** Share of one core the sampler may use while the guest is quiet. Default 0.05. */
  cpu?: number | undefined;
  /** The same while processes come and go. Default 0.15. */
  cpuBusy?: number | undefined;
  /** Tell children of this very process as well; they are helpers, not churn of the guest. Default false. */
  ownChildren?: boolean | undefined;
  /** Tell with which arguments programs were called (`args` of spawns and execs). They can hold secrets. Default false. */
  args?: boolean | undefined;
  /** Control groups with each birth and exec. Default false. */
  cgroups?: boolean | undefined;
  /** What to tell of as alerts (`trace.alert`), among the other records. Default: nothing. */
  alerts?: readonly Rule[] | undefined;
};

export type LiveSource = EventSource & {
  /** Look already, while whoever will listen gets ready; `start` then gives what was seen from here on. */
  begin(): void;
  /** Post everything to `feed`, too, straight from the sampling thread and beginning with who is alive; or no longer. */
  tee(feed: Feed | undefined): void;
};

/**
 * What the sampler makes is short-lived, and V8 would let the young part of its heap grow in steps through a storm:
 * resident memory rose by 76 MiB a minute, with this bound it stays, and as many processes are seen.
 */
const youngMb = 8;

/** How long a sampler may take to say its last words, ms. */
const patienceMs = 500;

/** Live capture as an event source: the sampling runs on its own thread, which never waits for this one. */
export const openLive = (options: LiveOptions = {}): LiveSource => {
  const {
    root = '/proc',
    intervalNs,
    cpu = 0.05,
    cpuBusy = 0.15,
    ownChildren = false,
    args = false,
    cgroups = false,
    alerts = [],
  } = options;
  const proc = openProc(root);
  // Fails here, before a thread is started or a screen is taken over.
  proc.list();
  const facts = readFacts(proc, process.hrtime.bigint());
  const info = cgroups ? { ...facts, cgroups } : facts;
  let words = sharedWords();
  let worker: Worker | undefined;
  let mailbox: Mailbox | undefined;
  let early: Feed | undefined;
  const order = (given: TeeOrder, transfer: MessagePort[] = []) => {
    worker?.postMessage(given, transfer);
    Atomics.add(words, orderWord, 1);
  };
  const tee = (feed: Feed | undefined) => order({ type: 'tee', feed }, feed ? [feed.port] : []);

  const begin = () => {
    // Anew for each start: the words of a stopped sampler say stop.
    const fresh = sharedWords();
    words = fresh;
    const cursorBefore = cursorNow(proc);
    const given: SamplerOptions = {
      root,
      intervalNs,
      cpu,
      cpuBusy,
      ownChildren,
      args,
      alerts,
      cgroups,
      info,
      cursorBefore,
    };
    worker = new Worker(script, {
      eval: true,
      workerData: { options: given, words },
      name: 'churntop-sampler',
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    });
    const box = openMailbox(() => Atomics.add(fresh, takenWord, 1));
    worker.on('message', box.put);
    worker.on('error', box.fail);
    if (early) tee(early);
    return box;
  };

  return {
    info,
    begin() {
      if (!worker) mailbox = begin();
    },
    start(listener) {
      if (!worker || !mailbox) mailbox = begin();
      mailbox.listen(listener);
    },
    tee(feed) {
      if (worker) tee(feed);
      else early = feed;
    },
    note(text) {
      const note = noteOf(text, process.hrtime.bigint());
      if (note && worker) order({ type: 'note', note });
    },
    async stop() {
      const stopping = worker;
      worker = undefined;
      Atomics.store(words, stopWord, 1);
      Atomics.notify(words, stopWord);
      if (stopping) await ended(stopping);
    },
    states(pids) {
      const letters = new Map<number, string>();
      for (const pid of pids) {
        const letter = stateOf(proc, pid);
        if (letter !== undefined) letters.set(pid, letter);
      }
      return letters;
    },
    about: (process) => readAbout(proc, process),
  };
};

/** A letter for the screen is not worth an end: what cannot be read now (EMFILE, EIO) is left out and asked again. */
const stateOf = (proc: Proc, pid: number): string | undefined => {
  const reading = ifReadable(() => proc.read(pid));
  return typeof reading === 'object' ? reading.stat.state : undefined;
};

/** Its last batch comes before its exit; one that does not end is ended. */
const ended = async (worker: Worker): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const out = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
    timer = setTimeout(resolve, patienceMs);
  });
  await out;
  clearTimeout(timer);
  await worker.terminate();
};
