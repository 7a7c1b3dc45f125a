import type { ProbeEvent } from '../../src/domain/events/event.ts';
import type { EventSource, SourceListener } from '../../src/domain/source/event-source.ts';

export type ChurnOptions = {
  /** Processes alive at any time. */
  live: number;
  eventsPerSecond: number;
};

const batchMs = 50;
const names = ['nginx', 'sh', 'make', 'cc1', 'python3', 'sleep', 'git', 'node'];

/** Each spawns the next one, until so many generations stand below PID 1: as deep as builds go. */
const generations = 8;

/** Made-up churn: as many spawns as exits, and the oldest goes first. */
export const madeChurn = ({ live, eventsPerSecond }: ChurnOptions): EventSource => {
  const births: number[] = [];
  let nextPid = 1;
  let timer: NodeJS.Timeout | undefined;

  const spawned = (nowNs: bigint, initial: boolean): ProbeEvent => {
    const pid = nextPid++;
    births.push(pid);
    return {
      probe_source: 'process.spawned',
      guest_pid: pid,
      guest_comm: names[pid % names.length] as string,
      guest_monotonic_ns: nowNs,
      guest_ppid: pid % generations === 0 ? 1 : pid - 1,
      guest_uid: 0,
      window_ns: 250_000n,
      start_ticks: Number(nowNs / 10_000_000n),
      ...(initial && { initial: true as const }),
    };
  };

  const exited = (nowNs: bigint): ProbeEvent => {
    const pid = births.shift() as number;
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
      // Nothing comes while the screen is still being made.
      setImmediate(() => {
        const nowNs = process.hrtime.bigint();
        listener.onBatch({ nowNs, records: Array.from({ length: live }, () => spawned(nowNs, true)) });
      });
      timer = setInterval(() => {
        const at = process.hrtime.bigint();
        const half = (eventsPerSecond * batchMs) / 2000;
        const records = Array.from({ length: half }, () => [spawned(at, false), exited(at)]).flat();
        listener.onBatch({ nowNs: at, records });
      }, batchMs);
    },
    stop: async () => clearInterval(timer),
    readStates: (pids) => new Map(pids.map((pid) => [pid, 'S'])),
  };
};
