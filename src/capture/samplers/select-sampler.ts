import { isTransient, ProcError } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerOptions } from '../core/protocol.ts';
import type { Sampler, SamplerClock } from '../core/sampler.ts';
import { createCursorSampler } from '../cursor/cursor-sampler.ts';
import { collectEvidence, detectMode } from './detect-mode.ts';
import { createWalkSampler } from './walk-sampler.ts';

/** The first PID namespace has this inode on every Linux (PROC_PID_INIT_INO): only there is the task count its own. */
const initialPidNamespace = 'pid:[4026531836]';
const maxOpenStats = 2048;
/** Descriptors left to the rest of the program. */
const reservedFds = 64;

/** The sampler this guest allows. To be called on the sampling thread: having started it is the evidence. */
export const selectSampler = (
  proc: ProcReader,
  clock: SamplerClock,
  options: SamplerOptions,
  ownPid: number,
): Sampler => {
  const { info, cursorBeforeStart, ownChildren } = options;
  const { mode, why } = detectMode(collectEvidence(proc, cursorBeforeStart, ownPid));
  const common = {
    proc,
    clock,
    why,
    bootOffsetNs: info.bootOffsetNs,
    ownPid: ownChildren ? undefined : ownPid,
    othersInvisible: !listsInit(proc),
  };
  if (mode === 'walk') return createWalkSampler(common);
  return createCursorSampler({
    ...common,
    maxOpenStats: Math.max(0, Math.min(maxOpenStats, fdLimit(proc) - reservedFds)),
    ownTaskCount: info.pidNamespace === initialPidNamespace,
  });
};

/** Every PID namespace has a process 1; a listing without it (hidepid=2) lacks all that is not this user's. */
const listsInit = (proc: ProcReader): boolean => {
  try {
    return proc.listPids().includes(1);
  } catch (error) {
    if (isTransient(error)) return true;
    throw error;
  }
};

/** The soft limit; what cannot be read is taken for small. */
const fdLimit = (proc: ProcReader): number => {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(proc.readText('self/limits'))?.[1] ?? 256);
  } catch (error) {
    if (error instanceof ProcError) return 256;
    throw error;
  }
};
