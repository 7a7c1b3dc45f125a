import { isTransient, ProcError } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerOptions } from '../core/protocol.ts';
import type { Sampler, SamplerClock } from '../core/sampler.ts';
import { CursorSampler } from '../cursor/cursor-sampler.ts';
import { collectEvidence, detectMode, type ModeEvidence } from './detect-mode.ts';
import { WalkSampler } from './walk-sampler.ts';

/** Inode of the initial PID namespace (PROC_PID_INIT_INO). Its task count includes no other namespace. */
const initialPidNamespace = 'pid:[4026531836]';
const maxOpenStats = 2048;
/** Open stat files of processes older than a second: up to 8 MiB of kernel memory. */
const maxOldStats = 2048;
/** Share of a core for reading old processes again, and how much of the CPU limit it may be. */
const maxRescanShare = 0.02;
const maxRescanShareOfLimit = 0.4;
/** Descriptors left to the rest of the program. */
const reservedFds = 64;
const defaultFdLimit = 256;

export type SelectSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  options: SamplerOptions;
  /** The PID of churntop in its own PID namespace. */
  ownPid: number;
};

/** Creates the sampler for this guest. Must be called on the sampling thread, whose start is the evidence. */
export const selectSampler = ({ proc, clock, options, ownPid }: SelectSamplerOptions): Sampler => {
  const { info, cursorBeforeStart, ownChildren } = options;
  const evidence = collectEvidence(proc, cursorBeforeStart, ownPid);
  const { mode, modeReason } = detectMode(evidence);
  const common = {
    proc,
    clock,
    modeReason,
    bootOffsetNs: info.bootOffsetNs,
    ownPid: ownChildren ? undefined : parentOfOwnChildren(evidence),
    ownProcessesOnly: !listsInit(proc),
  };
  if (mode === 'walk') return new WalkSampler(common);
  const maxFds = readFdLimit(proc) - reservedFds;
  return new CursorSampler({
    ...common,
    maxOpenStats: Math.max(0, Math.min(maxOpenStats, maxFds)),
    maxOldStats: Math.max(0, Math.min(maxOldStats, maxFds - maxOpenStats)),
    maxRescanShare: Math.min(maxRescanShare, options.cpuLimit * maxRescanShareOfLimit),
    ownTaskCount: info.pidNamespace === initialPidNamespace,
  });
};

/**
 * Returns the PID whose children are those of this program, as the proc root numbers it. Undefined if the proc root does not
 * show this program, and if it is PID 1 of its namespace: then it adopts orphans, which look like its own children.
 */
export const parentOfOwnChildren = ({
  threadSelf,
  ownPid,
}: Pick<ModeEvidence, 'threadSelf' | 'ownPid'>): number | undefined =>
  ownPid === 1 ? undefined : threadSelf?.pid;

/** Returns whether PID 1 is listed. Where it is not (hidepid=2), only this user's processes are listed. */
const listsInit = (proc: ProcReader): boolean => {
  try {
    return proc.listPids().includes(1);
  } catch (error) {
    if (isTransient(error)) return true;
    throw error;
  }
};

/** Reads the soft limit of open files. */
const readFdLimit = (proc: ProcReader): number => {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(proc.readText('self/limits'))?.[1];
    return soft === undefined ? defaultFdLimit : Number(soft);
  } catch (error) {
    if (error instanceof ProcError) return defaultFdLimit;
    throw error;
  }
};
