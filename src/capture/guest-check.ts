import type { CaptureMode } from '../domain/events/record.ts';
import type { SourceInfo, SourceStatus } from '../domain/source/event-source.ts';
import { ProcError } from '../proc/errors.ts';
import { openProc, type Proc } from '../proc/reader.ts';
import { openLive } from './live-source.ts';
import { cursorNow } from './samplers/detect-mode.ts';

/** What a guest allows, for `churntop check`. */
export type GuestCheck = {
  info: SourceInfo;
  mode: CaptureMode;
  /** Why this mode, in a few words. */
  why: string;
  /** The time between two looks that the busy budget allows here, ns. */
  intervalNs: bigint;
  /** A process that lives so long is seen in 99 of 100 cases at that rate, ns. */
  shortestLifeNs: bigint;
  /** Share of one core that looking takes at that rate. */
  cpu: number;
  /** What one look costs where nothing happened (in walk mode: one walk), and one listing of the proc root, ns. */
  lookCostNs: bigint;
  walkCostNs: bigint;
  /** Processes listed, and those among them that this user may not read. */
  processes: number;
  hidden: number;
  /** Only this user's processes are listed (hidepid=2). */
  othersInvisible: boolean;
  /** Undefined when the guest does not tell. */
  pidMax: number | undefined;
  /** What went wrong on the way, in the error's own words. */
  trouble: string | undefined;
};

const fastestNs = 250_000n;
const busyBudget = 0.15;
/** Long enough for one whole second of figures. */
const watchMs = 2300;

/** Look at this guest for about two seconds. @throws ProcError when the proc root cannot be listed. */
export const checkGuest = async (root = '/proc'): Promise<GuestCheck> => {
  const proc = openProc(root);
  const { info, status } = await watch(root);
  const walkCostNs = cost(9, () => proc.list());
  const lookCostNs = status.mode === 'walk' ? cost(5, () => proc.list().map(proc.read)) : lookCost(proc);
  const figures =
    status.mode === 'walk'
      ? walkFigures(lookCostNs)
      : { ...stretched(status), shortestLifeNs: status.shortestLifeNs ?? status.periodNs };
  return {
    info,
    mode: status.mode,
    why: status.why,
    ...figures,
    lookCostNs,
    walkCostNs,
    processes: proc.list().length,
    hidden: status.hidden,
    othersInvisible: status.othersInvisible,
    pidMax: info.pidMax,
    trouble: status.trouble,
  };
};

/** The last status of a sampler that looks as fast as it ever would. */
const watch = (root: string): Promise<{ info: SourceInfo; status: SourceStatus }> =>
  new Promise((resolve, reject) => {
    const source = openLive({ root, intervalNs: fastestNs, cpuBusy: busyBudget });
    let latest: SourceStatus | undefined;
    const finish = () => {
      clearTimeout(timer);
      source.stop().then(() => {
        if (latest) resolve({ info: source.info, status: latest });
        else reject(new ProcError('the sampler said nothing', { path: root }));
      }, reject);
    };
    const timer = setTimeout(finish, watchMs);
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
const stretched = ({ periodNs, cpu }: SourceStatus) => {
  const factor = Math.max(1, cpu / busyBudget);
  return { intervalNs: BigInt(Math.round(Number(periodNs) * factor)), cpu: cpu / factor };
};

const walkFigures = (costNs: bigint) => {
  const intervalNs = BigInt(Math.max(10e6, Math.round(Number(costNs) / busyBudget)));
  return { intervalNs, shortestLifeNs: intervalNs, cpu: Number(costNs) / Number(intervalNs) };
};

/** The median of some runs. */
const cost = (runs: number, run: () => unknown): bigint => {
  const spans = Array.from({ length: runs }, () => {
    const startNs = process.hrtime.bigint();
    run();
    return process.hrtime.bigint() - startNs;
  });
  return spans.sort((a, b) => (a < b ? -1 : 1))[runs >> 1] as bigint;
};

const lookCost = (proc: Proc): bigint => {
  if (cursorNow(proc) === undefined) return 0n;
  const fd = proc.open('loadavg');
  try {
    return cost(999, () => proc.fill(fd));
  } finally {
    proc.release(fd);
  }
};
