import type { ChurnRecord } from '../domain/event.ts';
import type { Batch, SourceStatus } from '../domain/source.ts';
import { ProcError } from '../proc/errors.ts';
import type { ProcWalker } from '../proc/walker.ts';

export type EngineOptions = {
  walker: ProcWalker;
  /** Time between two looks, ns. */
  intervalNs: bigint;
  /** CLOCK_MONOTONIC, ns. */
  now: () => bigint;
  /** Wait this long; false means: stop. */
  sleep: (ns: bigint) => boolean;
  /** Own CPU time so far, ns. */
  cpu: () => bigint;
  onBatch: (batch: Batch) => void;
  onStatus: (status: SourceStatus) => void;
};

const statusEveryNs = 1_000_000_000n;

/** The sampling loop: look, deliver, sleep, until `sleep` says stop. */
export const runEngine = (options: EngineOptions): void => {
  const { walker, now, onBatch, onStatus } = options;
  let trouble: string | undefined;
  let seen = 0;
  let statusDue = 0n;
  let cpuBefore = options.cpu();
  let statusBefore = now();
  do {
    let records: ChurnRecord[] = [];
    try {
      records = walker.poll();
      trouble = undefined;
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      trouble = `${error.message} (${error.path})`;
    }
    const nowNs = now();
    for (const record of records) if (record.probe_source === 'process.spawned' && !record.initial) seen++;
    if (records.length > 0 || nowNs >= statusDue) onBatch({ nowNs, records });
    if (nowNs >= statusDue) {
      const cpuNow = options.cpu();
      const spanNs = nowNs - statusBefore;
      onStatus({
        mode: 'walk',
        why: 'plain walk',
        intervalNs: options.intervalNs,
        cpu: spanNs > 0n ? Number(cpuNow - cpuBefore) / Number(spanNs) : 0,
        allocated: undefined,
        processesSeen: seen,
        threadsSeen: undefined,
        unseen: undefined,
        hidden: walker.hidden,
        trouble,
      });
      cpuBefore = cpuNow;
      statusBefore = nowNs;
      statusDue = nowNs + statusEveryNs;
    }
  } while (options.sleep(options.intervalNs));
};
