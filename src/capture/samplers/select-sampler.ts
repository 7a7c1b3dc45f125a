import { isPassing, ProcError } from '../../proc/errors.ts';
import type { Proc } from '../../proc/reader.ts';
import type { SamplerOptions } from '../core/protocol.ts';
import type { Clock, Sampler } from '../core/sampler.ts';
import { createCursorSampler } from '../cursor/cursor-sampler.ts';
import { gatherEvidence, judge } from './detect-mode.ts';
import { createWalkSampler } from './walk-sampler.ts';

/** The first PID namespace has this inode on every Linux (PROC_PID_INIT_INO): only there is the task count its own. */
const initialPidNamespace = 'pid:[4026531836]';
const mostHeld = 2048;
/** Descriptors left to the rest of the program. */
const spared = 64;

/** The sampler this guest allows. To be called on the sampling thread: having started it is the evidence. */
export const openSampler = (proc: Proc, clock: Clock, options: SamplerOptions, ownPid: number): Sampler => {
  const { info, cursorBefore, ownChildren } = options;
  const { mode, why } = judge(gatherEvidence(proc, cursorBefore, ownPid));
  const common = {
    proc,
    clock,
    why,
    bootOffsetNs: info.bootOffsetNs,
    ownPid: ownChildren ? undefined : ownPid,
    othersInvisible: !showsFirst(proc),
  };
  if (mode === 'walk') return createWalkSampler(common);
  return createCursorSampler({
    ...common,
    mostHeld: Math.max(0, Math.min(mostHeld, descriptorLimit(proc) - spared)),
    ownTaskCount: info.pidNamespace === initialPidNamespace,
  });
};

/** Every PID namespace has a process 1; a listing without it (hidepid=2) lacks all that is not this user's. */
const showsFirst = (proc: Proc): boolean => {
  try {
    return proc.list().includes(1);
  } catch (error) {
    if (isPassing(error)) return true;
    throw error;
  }
};

/** The soft limit; what cannot be read is taken for small. */
const descriptorLimit = (proc: Proc): number => {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(proc.text('self/limits'))?.[1] ?? 256);
  } catch (error) {
    if (error instanceof ProcError) return 256;
    throw error;
  }
};
