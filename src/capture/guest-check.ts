import type { CaptureMode } from '../domain/events/record.ts';
import type { SourceInfo, SourceStatus } from '../domain/source/event-source.ts';
import { ProcError } from '../proc/errors.ts';
import { openProcReader, type ProcReader } from '../proc/reader.ts';
import { openLive } from './live-source.ts';
import { readCursorPid } from './samplers/detect-mode.ts';

/** What a guest allows, for `churntop check`. */
export type GuestCheck = {
  info: SourceInfo;
  mode: CaptureMode;
  /** Why this mode, in a few words. */
  modeReason: string;
  /** The time between two looks that the busy budget allows here, ns. */
  intervalNs: bigint;
  /** A process that lives so long is seen in 99 of 100 cases at that rate, ns. */
  shortestLifetimeNs: bigint;
  /** Share of one core that looking takes at that rate. */
  cpuUsage: number;
  /** What one look costs where nothing happened (in walk mode: one walk), and one listing of the proc root, ns. */
  sampleCostNs: bigint;
  walkCostNs: bigint;
  /** Processes listed, and those among them that this user may not read. */
  processes: number;
  hiddenProcesses: number;
  /** Only this user's processes are listed (hidepid=2). */
  ownProcessesOnly: boolean;
  /** Undefined when the guest does not tell. */
  pidMax: number | undefined;
  /** What went wrong on the way, in the error's own words. */
  lastError: string | undefined;
};

const minIntervalNs = 250_000n;
const busyBudget = 0.15;
/** Long enough for one whole second of figures. */
const observeMs = 2300;

/** Look at this guest for about two seconds. @throws ProcError when the proc root cannot be listed. */
export const checkGuest = async (root = '/proc'): Promise<GuestCheck> => {
  const proc = openProcReader(root);
  const { info, status } = await observe(root);
  const walkCostNs = medianCostNs(9, () => proc.listPids());
  const sampleCostNs =
    status.mode === 'walk'
      ? medianCostNs(5, () => proc.listPids().map(proc.readProcess))
      : cursorReadCostNs(proc);
  const figures =
    status.mode === 'walk'
      ? walkFigures(sampleCostNs)
      : { ...withinBudget(status), shortestLifetimeNs: status.shortestLifetimeNs ?? status.meanIntervalNs };
  return {
    info,
    mode: status.mode,
    modeReason: status.modeReason,
    ...figures,
    sampleCostNs,
    walkCostNs,
    processes: proc.listPids().length,
    hiddenProcesses: status.hiddenProcesses,
    ownProcessesOnly: status.ownProcessesOnly,
    pidMax: info.pidMax,
    lastError: status.lastError,
  };
};

/** The last status of a sampler that looks as fast as it ever would. */
const observe = (root: string): Promise<{ info: SourceInfo; status: SourceStatus }> =>
  new Promise((resolve, reject) => {
    const source = openLive({ root, intervalNs: minIntervalNs, cpuLimitBusy: busyBudget });
    let latest: SourceStatus | undefined;
    const finish = () => {
      clearTimeout(timer);
      source.stop().then(() => {
        if (latest) resolve({ info: source.info, status: latest });
        else reject(new ProcError('the sampler said nothing', { path: root }));
      }, reject);
    };
    const timer = setTimeout(finish, observeMs);
    source.start({
      onBatch() {},
      onStatus(status) {
        latest = status;
        // A walk each quarter of a millisecond is nobody's wish.
        if (status.mode === 'walk') finish();
      },
      onError(error) {
        clearTimeout(timer);
        source.stop().then(() => reject(error), reject);
      },
    });
  });

/** At the budget's rate if the fastest one costs more. */
const withinBudget = ({ meanIntervalNs, cpuUsage }: SourceStatus) => {
  const factor = Math.max(1, cpuUsage / busyBudget);
  return { intervalNs: BigInt(Math.round(Number(meanIntervalNs) * factor)), cpuUsage: cpuUsage / factor };
};

const walkFigures = (costNs: bigint) => {
  const intervalNs = BigInt(Math.max(10e6, Math.round(Number(costNs) / busyBudget)));
  return { intervalNs, shortestLifetimeNs: intervalNs, cpuUsage: Number(costNs) / Number(intervalNs) };
};

/** The median of some runs. */
const medianCostNs = (runs: number, run: () => unknown): bigint => {
  const spans = Array.from({ length: runs }, () => {
    const startNs = process.hrtime.bigint();
    run();
    return process.hrtime.bigint() - startNs;
  });
  return spans.sort((a, b) => (a < b ? -1 : 1))[runs >> 1] as bigint;
};

const cursorReadCostNs = (proc: ProcReader): bigint => {
  if (readCursorPid(proc) === undefined) return 0n;
  const fd = proc.openFile('loadavg');
  try {
    return medianCostNs(999, () => proc.readInto(fd));
  } finally {
    proc.close(fd);
  }
};
