import type { ChurnRecord, EnrichedFields, ExecEvent, SpawnedEvent } from '../../domain/events/event.ts';
import { tryRead } from '../../proc/errors.ts';
import { parseCgroup, parseCmdline } from '../../proc/process-details.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { Sampler } from '../core/sampler.ts';

/** The records that can carry additional fields. */
export type EnrichableEvent = SpawnedEvent | ExecEvent;

/** Reads additional fields of a record; undefined when the process is gone, is hidden or does not have them. */
export type Enricher = (proc: ProcReader, event: EnrichableEvent) => EnrichedFields | undefined;

/** The newest records of a sample are enriched, up to this many: in a storm the older processes are gone. */
const maxEnrichedPerSample = 64;

const isEnrichable = (record: ChurnRecord): record is EnrichableEvent =>
  record.probe_source === 'process.spawned' || record.probe_source === 'process.exec';

/**
 * Wraps a sampler so that its spawn and exec records carry additional fields, which double the cost of a record.
 * They are read after the sample, so they are missing for processes that exited in between.
 */
export const withEnrichment = (
  sampler: Sampler,
  proc: ProcReader,
  enrichers: readonly Enricher[],
): Sampler => (enrichers.length === 0 ? sampler : new EnrichingSampler(sampler, proc, enrichers));

class EnrichingSampler implements Sampler {
  readonly #sampler: Sampler;
  readonly #proc: ProcReader;
  readonly #enrichers: readonly Enricher[];

  constructor(sampler: Sampler, proc: ProcReader, enrichers: readonly Enricher[]) {
    this.#sampler = sampler;
    this.#proc = proc;
    this.#enrichers = enrichers;
  }

  get mode() {
    return this.#sampler.mode;
  }

  get modeReason() {
    return this.#sampler.modeReason;
  }

  get walkCostMs() {
    return this.#sampler.walkCostMs;
  }

  sample(nowMs: number) {
    return this.#sampler.sample(nowMs);
  }

  take() {
    const records = this.#sampler.take();
    if (records.length === 0) return records;
    let remaining = maxEnrichedPerSample;
    const enrich = (record: ChurnRecord): ChurnRecord => {
      if (!isEnrichable(record)) return record;
      // Initial records are not limited: they come once, and their processes live on.
      if (!('initial' in record) && remaining-- <= 0) return record;
      return { ...record, ...enrichedFields(this.#proc, record, this.#enrichers) };
    };
    return records.toReversed().map(enrich).reverse();
  }

  counters(last?: boolean) {
    return this.#sampler.counters(last);
  }

  setBootOffset(bootOffsetNs: bigint) {
    this.#sampler.setBootOffset(bootOffsetNs);
  }

  close() {
    this.#sampler.close();
  }
}

/** Returns the additional fields of an event; undefined when its PID was reused in the meantime. */
const enrichedFields = (
  proc: ProcReader,
  event: EnrichableEvent,
  enrichers: readonly Enricher[],
): EnrichedFields | undefined => {
  const fields = enrichers.flatMap((enricher) => enricher(proc, event) ?? []);
  if (fields.length === 0) return undefined;
  const reading = tryRead(() => proc.readProcess(event.guest_pid));
  if (typeof reading !== 'object' || reading.stat.startTicks !== event.start_ticks) return undefined;
  return Object.assign({}, ...fields);
};

/** Characters kept of an argument list, because thousands of records are retained. */
const maxArgsLength = 1024;

const unpairedSurrogate = /[\ud800-\udbff]$/;

/** Reads the command-line arguments. Kernel threads and zombies have none. */
export const enrichArgs: Enricher = (proc, event) => {
  if ('kthread' in event) return undefined;
  const text = tryRead(() => proc.readText(`${event.guest_pid}/cmdline`));
  if (text === undefined) return undefined;
  const args = parseCmdline(text.slice(0, maxArgsLength).replace(unpairedSurrogate, ''));
  return args.length === 0 ? undefined : { args, ...(text.length > maxArgsLength && { args_cut: true }) };
};

/** Reads the control group. */
export const enrichCgroup: Enricher = (proc, { guest_pid: pid }) => {
  const text = tryRead(() => proc.readText(`${pid}/cgroup`));
  const cgroup = text === undefined ? undefined : parseCgroup(text);
  return cgroup === undefined ? undefined : { cgroup };
};
