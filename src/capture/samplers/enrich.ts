import type { Asked, ChurnRecord, ExecEvent, SpawnedEvent } from '../../domain/events/event.ts';
import { ifReadable } from '../../proc/errors.ts';
import { parseArgs, parseCgroup } from '../../proc/process-details.ts';
import type { Proc } from '../../proc/reader.ts';
import type { Sampler } from '../core/sampler.ts';
/** The records by which a process is told of: its birth, and each program it takes. */
export type Telling = SpawnedEvent | ExecEvent;

/** Reads a fact for a record; undefined of a process that is gone, is hidden or does not have it. */
export type Ask = (proc: Proc, record: Telling) => Asked | undefined;

/** Records for which is asked after one look, the newest first; a storm has more, and they are gone by the time. */
const perLook = 64;

const isTelling = (record: ChurnRecord): record is Telling =>
  record.probe_source === 'process.spawned' || record.probe_source === 'process.exec';

/**
 * A sampler that adds facts which nobody pays for unasked: with one of them a birth costs twice as much. They are read right
 * behind the look that found the process, so of what lives for less than that none are known.
 */
export const asking = (sampler: Sampler, proc: Proc, asks: readonly Ask[]): Sampler => {
  if (asks.length === 0) return sampler;
  return {
    ...sampler,
    get walkCostMs() {
      return sampler.walkCostMs;
    },
    take() {
      const records = sampler.take();
      let left = perLook;
      const told = (record: ChurnRecord): ChurnRecord => {
        if (!isTelling(record)) return record;
        // Nobody of discovery hurries, and it is one look.
        if (!('initial' in record) && left-- <= 0) return record;
        return { ...record, ...answers(proc, record, asks) };
      };
      return records.length === 0 ? records : records.toReversed().map(told).reverse();
    },
  };
};

/** What is known of it; nothing if its PID is another's by now. */
const answers = (proc: Proc, record: Telling, asks: readonly Ask[]): Asked | undefined => {
  const known = asks.flatMap((ask) => ask(proc, record) ?? []);
  if (known.length === 0) return undefined;
  const reading = ifReadable(() => proc.read(record.guest_pid));
  if (typeof reading !== 'object' || reading.stat.startTicks !== record.start_ticks) return undefined;
  return Object.assign({}, ...known);
};

/** Characters of an argument list that are kept: thousands of records are held at a time. */
const most = 1024;

const halfPair = /[\ud800-\udbff]$/;

/** With which arguments a program was called; kernel threads and zombies have none. */
export const askArgs: Ask = (proc, record) => {
  if ('kthread' in record) return undefined;
  const text = ifReadable(() => proc.text(`${record.guest_pid}/cmdline`));
  if (text === undefined) return undefined;
  const args = parseArgs(text.slice(0, most).replace(halfPair, ''));
  return args.length === 0 ? undefined : { args, ...(text.length > most && { args_cut: true }) };
};

/** The control group a process is in. */
export const askCgroup: Ask = (proc, { guest_pid: pid }) => {
  const text = ifReadable(() => proc.text(`${pid}/cgroup`));
  const cgroup = text === undefined ? undefined : parseCgroup(text);
  return cgroup === undefined ? undefined : { cgroup };
};
