import type { ProbeEvent } from '../../src/domain/events/event.ts';
import type { EventSource, SourceListener } from '../../src/domain/source/event-source.ts';

export type ChurnOptions = {
  /** Processes alive at any time. */
  live: number;
  eventsPerSecond: number;
};

const batchMs = 50;
const names = ['nginx', 'sh', 'make', 'cc1', 'python3', 'sleep', 'git', 'node'];

/** Depth of the process tree, as in a build: each process spawns the next one. */
const treeDepth = 8;

/** Creates a source of synthetic churn: as many spawns as exits, the oldest process exits first. */
export const createSyntheticSource = ({ live, eventsPerSecond }: ChurnOptions): EventSource => {
  const livePids: number[] = [];
  const startTicksOf = new Map<number, number>();
  let nextPid = 1;
  let timer: NodeJS.Timeout | undefined;

  const spawned = (nowNs: bigint, initial: boolean): ProbeEvent => {
    const pid = nextPid++;
    livePids.push(pid);
    startTicksOf.set(pid, Number(nowNs / 10_000_000n));
    return {
      probe_source: 'process.spawned',
      guest_pid: pid,
      guest_comm: names[pid % names.length] as string,
      guest_monotonic_ns: nowNs,
      guest_ppid: pid % treeDepth === 0 ? 1 : pid - 1,
      guest_uid: 0,
      window_ns: 250_000n,
      start_ticks: Number(nowNs / 10_000_000n),
      ...(initial && { initial: true as const }),
    };
  };

  const exited = (nowNs: bigint): ProbeEvent => {
    const pid = livePids.shift() as number;
    startTicksOf.delete(pid);
    return {
      probe_source: 'process.exited',
      guest_pid: pid,
      guest_comm: names[pid % names.length] as string,
      guest_monotonic_ns: nowNs,
      window_ns: 250_000n,
      lifetime_ns: 1_000_000n,
    };
  };

  return {
    info: {
      host: 'bench',
      bootId: '',
      pidNamespace: '',
      bootOffsetNs: 0n,
      pidMax: 4_194_304,
      wallOffsetNs: BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint(),
    },
    start(listener: SourceListener) {
      // Waits until the screen exists.
      setImmediate(() => {
        const nowNs = process.hrtime.bigint();
        listener.onBatch({ nowNs, records: Array.from({ length: live }, () => spawned(nowNs, true)) });
      });
      timer = setInterval(() => {
        const nowNs = process.hrtime.bigint();
        const half = (eventsPerSecond * batchMs) / 2000;
        const records = Array.from({ length: half }, () => [spawned(nowNs, false), exited(nowNs)]).flat();
        listener.onBatch({ nowNs, records });
      }, batchMs);
    },
    stop: async () => clearInterval(timer),
    readUsage: (pids) => {
      const reading = { state: 'S', cpuTicks: 1, rssBytes: 1 << 20, readNs: process.hrtime.bigint() };
      return new Map(pids.map((pid) => [pid, { ...reading, startTicks: startTicksOf.get(pid) ?? 0 }]));
    },
  };
};
