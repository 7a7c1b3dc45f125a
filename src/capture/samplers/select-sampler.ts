import type { ChurnRecord } from '../../domain/events/event.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerOptions } from '../core/protocol.ts';
import type { Sampler, SamplerClock, SamplerContext } from '../core/sampler.ts';
import { SourceError } from '../core/source.ts';
import { collectEvidence } from './detect-mode.ts';
import { FallbackSampler } from './fallback-sampler.ts';
import { findKernelObstacle } from './kernel-obstacle.ts';
import { createProcSampler, listsInit, parentOfOwnChildren } from './proc-sampler.ts';

/** The parameters of a sampler of kernel events. */
export type OpenKernelOptions = Omit<SamplerContext, 'modeReason'> & {
  /** URL of the module from whose folder native packages are looked up. */
  moduleUrl: string;
  /** Called for each record as soon as it is created. Records are taken later, in order. */
  onRecord?: ((record: ChurnRecord) => void) | undefined;
};

/** Subscribes to kernel events. @throws an error whose message is the reason why that is not possible */
export type OpenKernelSampler = (options: OpenKernelOptions) => Sampler;

export type SelectSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  options: SamplerOptions;
  /** The PID of churntop in its own PID namespace. */
  ownPid: number;
  openKernelSampler: OpenKernelSampler;
  /** Called for each record of kernel events as soon as it is created. */
  onRecord?: (record: ChurnRecord) => void;
};

/**
 * Creates the sampler for this guest: kernel events if the kernel sends them, or else the PID counter, or else walks.
 * Must be called on the sampling thread, whose ID is part of the evidence.
 * @throws SourceError if kernel events are required and not available
 */
export const selectSampler = ({
  proc,
  clock,
  options,
  ownPid,
  openKernelSampler,
  onRecord,
}: SelectSamplerOptions): Sampler => {
  const { source, info, ownChildren } = options;
  const evidence = collectEvidence(proc, options.counterBeforeStart, ownPid);
  const openProc = (noKernelEvents?: string) =>
    createProcSampler({ proc, clock, options, evidence, noKernelEvents });
  if (source === 'proc') return openProc();
  const obstacle = findKernelObstacle(proc, evidence);
  if (obstacle !== undefined) return refuse(source, obstacle, openProc);
  let kernel: Sampler;
  try {
    kernel = openKernelSampler({
      proc,
      clock,
      bootOffsetNs: info.bootOffsetNs,
      ownPid: ownChildren ? undefined : parentOfOwnChildren(evidence),
      ownProcessesOnly: !listsInit(proc),
      moduleUrl: options.moduleUrl,
      onRecord,
    });
  } catch (error) {
    return refuse(source, (error as Error).message, openProc);
  }
  return new FallbackSampler({
    first: kernel,
    openNext: (reason) => refuse(source, `they have ended: ${reason}`, openProc),
    clock,
    bootOffsetNs: info.bootOffsetNs,
  });
};

/** Opens the next source, unless kernel events are required. @throws SourceError if they are */
const refuse = (
  source: SamplerOptions['source'],
  reason: string,
  openNext: (reason: string) => Sampler,
): Sampler => {
  if (source === 'kernel') throw new SourceError(reason);
  return openNext(reason);
};
