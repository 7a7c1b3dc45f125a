import { isTransient, tryRead } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerOptions } from '../core/protocol.ts';
import type { Sampler, SamplerClock } from '../core/sampler.ts';
import { CursorSampler } from '../cursor/cursor-sampler.ts';
import { collectEvidence, detectMode, type ModeEvidence } from './detect-mode.ts';
import { WalkSampler } from './walk-sampler.ts';

/** Inode of the initial PID namespace (PROC_PID_INIT_INO). Its task count includes no other namespace. */
const initialPidNamespace = 'pid:[4026531836]';
const maxOpenStats = 2048;
/** Open files of processes older than a second: up to 8 MiB of kernel memory. */
const maxOldFiles = 2048;
/** Share of a core for rereading old processes: at most this, and at most this share of the CPU limit. */
const maxRescanShare = 0.005;
const maxRescanShareOfLimit = 0.1;
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

/** Creates the sampler for this guest. Must be called on the sampling thread, whose ID is part of the evidence. */
export const selectSampler = ({ proc, clock, options, ownPid }: SelectSamplerOptions): Sampler => {
  const { info, counterBeforeStart, ownChildren } = options;
  const evidence = collectEvidence(proc, counterBeforeStart, ownPid);
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
    maxOldFiles: Math.max(0, Math.min(maxOldFiles, maxFds - maxOpenStats)),
    maxRescanShare: Math.min(maxRescanShare, options.cpuLimit * maxRescanShareOfLimit),
    ownTaskCount: info.pidNamespace === initialPidNamespace,
  });
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
  const limits = tryRead(() => proc.readText('self/limits')) ?? '';
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? defaultFdLimit : Number(soft);
};
