import type { CaptureMode } from '../domain/events/event.ts';
import type { SourceInfo, SourceStatus } from '../domain/source/event-source.ts';
import { ProcError } from '../proc/errors.ts';
import { openProcReader, type ProcReader } from '../proc/reader.ts';
import { compareValues } from '../util/compare.ts';
import { roundNs } from '../util/time.ts';
import { checkAccess, type GuestAccess } from './access-check.ts';
import { defaultSource, SourceError, type SourceName } from './core/source.ts';
import { checkKernelEvents, type KernelEventCheck } from './kernel-check.ts';
import { openLive } from './live-source.ts';
import { readPidCounter } from './samplers/detect-mode.ts';

/** The findings of `churntop check`: what a guest allows, and what sampling costs there. */
export type GuestCheck = {
  info: SourceInfo;
  /** Undefined if they were not asked for. */
  kernelEvents: KernelEventCheck | undefined;
  /** The mode of a capture here. */
  mode: CaptureMode;
  /** Why this mode was selected, in a few words. */
  modeReason: string;
  /** The mode without kernel events. The figures below are of this mode. */
  pollingMode: CaptureMode;
  pollingReason: string;
  /** The shortest sampling interval that the busy CPU limit allows, ns. */
  intervalNs: bigint;
  /** The shortest lifetime that is seen in 99 of 100 cases at this interval, ns. */
  shortestLifetimeNs: bigint;
  /** CPU usage of sampling at this interval, as a share of one core. */
  cpuUsage: number;
  /** Duration of an idle sample, ns. In walk mode: of a walk. */
  sampleCostNs: bigint;
  /** Duration of a listing of the proc root, ns. */
  walkCostNs: bigint;
  /** Processes listed. */
  processes: number;
  /** Processes listed that this user may not read. */
  hiddenProcesses: number;
  /** Whether only this user's processes are listed (hidepid=2). */
  ownProcessesOnly: boolean;
  /** One more than the largest PID; undefined where it cannot be read. */
  pidMax: number | undefined;
  /** What this user may know about processes. */
  access: GuestAccess;
  /** The last transient error; undefined when there was none. */
  lastError: string | undefined;
};

const minIntervalNs = 250_000n;
const cpuLimitBusy = 0.15;
/** Long enough for a status that covers a whole second, ms. */
const observeMs = 2300;
const minWalkIntervalNs = 10e6;

/**
 * Subscribes to kernel events, then polls the guest for about two seconds.
 * @throws ProcError when the proc root cannot be listed.
 * @throws SourceError when kernel events are required and not available.
 */
export const checkGuest = async (
  root = '/proc',
  requested: SourceName = defaultSource,
): Promise<GuestCheck> => {
  const proc = openProcReader(root);
  const kernelEvents = requested === 'proc' ? undefined : await checkKernelEvents(root);
  if (requested === 'kernel' && kernelEvents?.available === false) throw new SourceError(kernelEvents.reason);
  const { info, status } = await observe(root);
  const { mode, modeReason, hiddenProcesses, ownProcessesOnly, lastError } = status;
  const sampleCostNs =
    mode === 'walk' ? medianCostNs(5, () => proc.listPids().map(proc.readProcess)) : counterReadCostNs(proc);
  const chosen = kernelEvents?.available
    ? ({ mode: 'kernel', modeReason: kernelEvents.reason } as const)
    : { mode, modeReason };
  return {
    info,
    kernelEvents,
    ...chosen,
    access: await checkAccess(proc, {
      mode: chosen.mode,
      mayUsePidfds: requested !== 'proc' && root === '/proc',
    }),
    pollingMode: mode,
    pollingReason: modeReason,
    ...(mode === 'walk' ? walkRate(sampleCostNs) : cursorRate(status)),
    sampleCostNs,
    walkCostNs: medianCostNs(9, () => proc.listPids()),
    processes: proc.listPids().length,
    hiddenProcesses,
    ownProcessesOnly,
    pidMax: info.pidMax,
    lastError,
  };
};

/** Samples at the shortest interval for a while. @returns the last status */
const observe = (root: string): Promise<{ info: SourceInfo; status: SourceStatus }> =>
  new Promise((resolve, reject) => {
    const source = openLive({
      root,
      source: 'proc',
      intervalNs: minIntervalNs,
      cpuLimitBusy,
      ownChildren: true,
    });
    let latest: SourceStatus | undefined;
    const finish = () => {
      clearTimeout(timer);
      source.stop().then(() => {
        if (latest) resolve({ info: source.info, status: latest });
        else reject(new ProcError('the sampler reported no status', { path: root }));
      }, reject);
    };
    const timer = setTimeout(finish, observeMs);
    source.start({
      onBatch() {},
      onStatus(status) {
        latest = status;
        // Walking at this interval would use a whole core.
        if (status.mode === 'walk') finish();
      },
      onError(error) {
        clearTimeout(timer);
        source.stop().then(() => reject(error), reject);
      },
    });
  });

/** Returns the measured interval, extended until the CPU usage is within the limit. */
const cursorRate = ({ meanIntervalNs, shortestLifetimeNs = meanIntervalNs, cpuUsage }: SourceStatus) => {
  const factor = Math.max(1, cpuUsage / cpuLimitBusy);
  const intervalNs = roundNs(Number(meanIntervalNs) * factor);
  return { intervalNs, shortestLifetimeNs, cpuUsage: cpuUsage / factor };
};

const walkRate = (walkNs: bigint) => {
  const intervalNs = BigInt(Math.max(minWalkIntervalNs, Math.round(Number(walkNs) / cpuLimitBusy)));
  return { intervalNs, shortestLifetimeNs: intervalNs, cpuUsage: Number(walkNs) / Number(intervalNs) };
};

/** Returns the median duration of several runs, ns. */
const medianCostNs = (runs: number, body: () => unknown): bigint => {
  const durations = Array.from({ length: runs }, () => {
    const startNs = process.hrtime.bigint();
    body();
    return process.hrtime.bigint() - startNs;
  });
  return durations.sort(compareValues)[runs >> 1] as bigint;
};

const counterReadCostNs = (proc: ProcReader): bigint => {
  if (readPidCounter(proc) === undefined) return 0n;
  const fd = proc.openFile('loadavg');
  try {
    return medianCostNs(999, () => proc.readInto(fd));
  } finally {
    proc.close(fd);
  }
};
