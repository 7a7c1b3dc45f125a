import type { Called, ChurnRecord, ExecEvent, SpawnedEvent } from '../domain/event.ts';
import { parseArgs } from '../proc/about.ts';
import { ifReadable } from '../proc/errors.ts';
import type { Proc } from '../proc/reader.ts';
import type { Sampler } from './sampler.ts';

/** Characters of an argument list that are kept: thousands of records are held at a time. */
const most = 1024;
/** Lists read after one look, the newest first; a storm has more, and they are gone by the time. */
const perLook = 64;

const halfPair = /[\ud800-\udbff]$/;

type Told = SpawnedEvent | ExecEvent;

const isTold = (record: ChurnRecord): record is Told =>
  (record.probe_source === 'process.spawned' || record.probe_source === 'process.exec') &&
  !('kthread' in record);

/** The arguments of a process, undefined where it is gone, hidden, has none, or its PID is another's by now. */
const readCalled = (proc: Proc, { guest_pid: pid, start_ticks }: Told): Called | undefined => {
  const text = ifReadable(() => proc.text(`${pid}/cmdline`));
  if (text === undefined) return undefined;
  const args = parseArgs(text.slice(0, most).replace(halfPair, ''));
  if (args.length === 0) return undefined;
  const reading = ifReadable(() => proc.read(pid));
  if (typeof reading !== 'object' || reading.stat.startTicks !== start_ticks) return undefined;
  return { args, ...(text.length > most && { args_cut: true }) };
};

/**
 * A sampler that tells with which arguments programs were called. They are read right behind the look that found them, so of
 * what lives for less than that none are known. It makes a birth cost twice as much: only where it is asked for.
 */
export const withArgs = (sampler: Sampler, proc: Proc): Sampler => ({
  ...sampler,
  get walkCostMs() {
    return sampler.walkCostMs;
  },
  take() {
    const records = sampler.take();
    let left = perLook;
    const called = (record: ChurnRecord): ChurnRecord => {
      if (!isTold(record)) return record;
      // Nobody of discovery hurries, and it is one look.
      if (!('initial' in record) && left-- <= 0) return record;
      return { ...record, ...readCalled(proc, record) };
    };
    return records.length === 0 ? records : records.toReversed().map(called).reverse();
  },
});
