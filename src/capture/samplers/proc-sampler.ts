import type { Libc } from '../../native/libc.ts';
import { LibcError } from '../../native/libc-error.ts';
import { loadLibc } from '../../native/load-libc.ts';
import { PidfdInfo } from '../../native/pidfd-info.ts';
import { isTransient, tryRead } from '../../proc/errors.ts';
import { firstNamespaces } from '../../proc/kernel-event-support.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerOptions } from '../core/protocol.ts';
import type { Sampler, SamplerClock } from '../core/sampler.ts';
import { CursorSampler } from '../cursor/cursor-sampler.ts';
import { detectMode, type ModeEvidence } from './detect-mode.ts';
import { ExitStatusSampler } from './exit-status-sampler.ts';
import { WalkSampler } from './walk-sampler.ts';

const maxOpenStats = 2048;
/** Open files of processes older than a second: up to 8 MiB of kernel memory. */
const maxOldFiles = 2048;
/** Pidfds of live processes: up to 4 MiB of kernel memory. */
const maxPidfds = 4096;
/** Share of a core for rereading old processes: at most this, and at most this share of the CPU limit. */
const maxRescanShare = 0.003;
const maxRescanShareOfLimit = 0.06;
/** Descriptors left to the rest of the program. */
const reservedFds = 64;
const defaultFdLimit = 256;

export type ProcSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  options: SamplerOptions;
  evidence: ModeEvidence;
  /** Why there are no kernel events; undefined if they were not asked for. */
  noKernelEvents?: string | undefined;
};

/** Creates the sampler that polls /proc: by the PID counter where it can be used, or else by walks. */
export const createProcSampler = ({
  proc,
  clock,
  options,
  evidence,
  noKernelEvents,
}: ProcSamplerOptions): Sampler => {
  const { mode, modeReason } = detectMode(evidence);
  const common = {
    proc,
    clock,
    modeReason:
      noKernelEvents === undefined ? modeReason : `no kernel events: ${noKernelEvents}; ${modeReason}`,
    bootOffsetNs: options.info.bootOffsetNs,
    ownPid: options.ownChildren ? undefined : parentOfOwnChildren(evidence),
    ownProcessesOnly: !listsInit(proc),
  };
  const maxFds = readFdLimit(proc) - reservedFds;
  let statuses: ExitStatusSampler | undefined;
  const sampler =
    mode === 'walk'
      ? new WalkSampler(common)
      : new CursorSampler({
          ...common,
          maxOpenStats: Math.max(0, Math.min(maxOpenStats, maxFds)),
          maxOldFiles: Math.max(0, Math.min(maxOldFiles, maxFds - maxOpenStats)),
          maxRescanShare: Math.min(maxRescanShare, options.cpuLimit * maxRescanShareOfLimit),
          ownTaskCount: options.info.pidNamespace === firstNamespaces.pid,
          closeOtherFds: () => statuses?.closePidfds() ?? false,
        });
  const maxOpen = Math.min(maxPidfds, maxFds - maxOpenStats - maxOldFiles);
  // `--source proc` loads no native code.
  const wanted = options.source !== 'proc' && maxOpen > 0 && numbersOwnPids(proc, evidence);
  const libc = wanted ? tryLoadLibc(options.moduleUrl) : undefined;
  if (libc && new PidfdInfo(libc).isSupported(evidence.ownPid))
    statuses = new ExitStatusSampler({ sampler, libc, clock, maxPidfds: maxOpen });
  return statuses ?? sampler;
};

/** Returns whether PIDs of the proc root are those of system calls. */
const numbersOwnPids = (proc: ProcReader, { threadSelf, ownPid }: ModeEvidence): boolean =>
  proc.root === '/proc' && threadSelf?.pid === ownPid;

/** Loads libc; returns undefined where that is not possible. */
const tryLoadLibc = (moduleUrl: string): Libc | undefined => {
  try {
    return loadLibc(moduleUrl);
  } catch (error) {
    if (error instanceof LibcError) return undefined;
    throw error;
  }
};

/**
 * Returns the PID of this program as seen through the proc root, to recognize its children. Undefined if the proc root
 * does not show this program, or if it is PID 1 of its namespace, which adopts orphans: they look like its own
 * children.
 */
export const parentOfOwnChildren = ({
  threadSelf,
  ownPid,
}: Pick<ModeEvidence, 'threadSelf' | 'ownPid'>): number | undefined =>
  ownPid === 1 ? undefined : threadSelf?.pid;

/** Returns whether PID 1 is listed. Where it is not (hidepid=2), only this user's processes are listed. */
export const listsInit = (proc: ProcReader): boolean => {
  try {
    return proc.listPids().includes(1);
  } catch (error) {
    if (isTransient(error)) return true;
    throw error;
  }
};

/** Reads the soft limit of open files. */
const readFdLimit = (proc: ProcReader): number => {
  const limits = tryRead(() => proc.readText('self/limits')) ?? '';
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? defaultFdLimit : Number(soft);
};
