import type { ChurnRecord, EnrichedFields, ExecEvent, SpawnedEvent } from '../../domain/events/event.ts';
import { tryRead } from '../../proc/errors.ts';
import { parseCgroup, parseCmdline } from '../../proc/process-details.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { Sampler } from '../core/sampler.ts';
/** The records by which a process is told of: its birth, and each program it takes. */
export type EnrichableEvent = SpawnedEvent | ExecEvent;

/** Reads a fact for a record; undefined of a process that is gone, is hidden or does not have it. */
export type Enricher = (proc: ProcReader, record: EnrichableEvent) => EnrichedFields | undefined;

/** Records for which is asked after one look, the newest first; a storm has more, and they are gone by the time. */
const maxEnrichedPerSample = 64;

const isEnrichable = (record: ChurnRecord): record is EnrichableEvent =>
  record.probe_source === 'process.spawned' || record.probe_source === 'process.exec';

/**
 * A sampler that adds facts which nobody pays for unasked: with one of them a birth costs twice as much. They are read right
 * behind the look that found the process, so of what lives for less than that none are known.
 */
export const withEnrichment = (
  sampler: Sampler,
  proc: ProcReader,
  enrichers: readonly Enricher[],
): Sampler => {
  if (enrichers.length === 0) return sampler;
  return {
    ...sampler,
    get walkCostMs() {
      return sampler.walkCostMs;
    },
    take() {
      const records = sampler.take();
      let left = maxEnrichedPerSample;
      const told = (record: ChurnRecord): ChurnRecord => {
        if (!isEnrichable(record)) return record;
        // Nobody of discovery hurries, and it is one look.
        if (!('initial' in record) && left-- <= 0) return record;
        return { ...record, ...enrichedFields(proc, record, enrichers) };
      };
      return records.length === 0 ? records : records.toReversed().map(told).reverse();
    },
  };
};

/** What is known of it; nothing if its PID is another's by now. */
const enrichedFields = (
  proc: ProcReader,
  record: EnrichableEvent,
  enrichers: readonly Enricher[],
): EnrichedFields | undefined => {
  const fields = enrichers.flatMap((ask) => ask(proc, record) ?? []);
  if (fields.length === 0) return undefined;
  const reading = tryRead(() => proc.readProcess(record.guest_pid));
  if (typeof reading !== 'object' || reading.stat.startTicks !== record.start_ticks) return undefined;
  return Object.assign({}, ...fields);
};

/** Characters of an argument list that are kept: thousands of records are held at a time. */
const maxArgsLength = 1024;

const unpairedSurrogate = /[\ud800-\udbff]$/;

/** With which arguments a program was called; kernel threads and zombies have none. */
export const enrichArgs: Enricher = (proc, record) => {
  if ('kthread' in record) return undefined;
  const text = tryRead(() => proc.readText(`${record.guest_pid}/cmdline`));
  if (text === undefined) return undefined;
  const args = parseCmdline(text.slice(0, maxArgsLength).replace(unpairedSurrogate, ''));
  return args.length === 0 ? undefined : { args, ...(text.length > maxArgsLength && { args_cut: true }) };
};

/** The control group a process is in. */
export const enrichCgroup: Enricher = (proc, { guest_pid: pid }) => {
  const text = tryRead(() => proc.readText(`${pid}/cgroup`));
  const cgroup = text === undefined ? undefined : parseCgroup(text);
  return cgroup === undefined ? undefined : { cgroup };
};
