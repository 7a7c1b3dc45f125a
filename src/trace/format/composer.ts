import { randomBytes } from 'node:crypto';
import type { CaptureMode, ChurnRecord } from '../../domain/events/event.ts';
import {
  type ClockRecord,
  type HeaderRecord,
  isChurnRecord,
  type TraceRecord,
} from '../../domain/events/record.ts';
import { type EnrichedKeys, recordedPart } from '../../domain/events/recorded-fields.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { isClockStep } from '../../domain/source/wall-clock.ts';
import { formatRfc3339 } from '../../util/time.ts';
import { encode } from './encode.ts';

/** Interval of the clock pairs, ns. A longer silence shows that the recorder has stopped. */
const clockIntervalNs = 10_000_000_000n;

/** Returns a new ID of a recorder: 8 hexadecimal digits. */
export const newRecorderId = (): string => randomBytes(4).toString('hex');

export type ComposerOptions = {
  info: SourceInfo;
  /** Name and version of the writing program, for example `churntop 0.1.0`. */
  tool: string;
  /** Returns wall clock minus monotonic clock now, ns. Default: the offset in `info`. */
  wallOffsetNs?: () => bigint;
  /** Identifies the recorder in the headers of all its files. */
  recorder?: string | undefined;
  filter?: string | undefined;
  mode?: CaptureMode | undefined;
  hidden?: number | undefined;
  /** The additional fields that are written. Default: those that records have. */
  recorded?: EnrichedKeys | undefined;
};

/**
 * Composes the lines of one recorder: header, records, a clock pair every 10 s, end. Numbers the records. The caller writes
 * the lines. Each line ends with a newline.
 */
export class TraceComposer {
  readonly #options: ComposerOptions;
  #seq = 0;
  #nextClockNs = 0n;
  #bootOffsetNs: bigint;
  /** The offsets in the last header or clock pair, as a reader computes them. */
  #writtenWallOffsetNs: bigint | undefined;
  #writtenBootOffsetNs: bigint | undefined;

  constructor(options: ComposerOptions) {
    this.#options = options;
    this.#bootOffsetNs = options.info.bootOffsetNs;
  }

  /** Number of records composed so far. */
  get recordCount(): number {
    return this.#seq;
  }

  /** Sets the boot clock minus the monotonic clock, ns. The next clock pair contains a change. */
  setBootOffset(bootOffsetNs: bigint): void {
    this.#bootOffsetNs = bootOffsetNs;
  }

  begin(nowNs: bigint): string {
    return this.line(this.header(nowNs));
  }

  header(nowNs: bigint): HeaderRecord {
    const { info, tool, recorder, filter, mode, hidden, recorded } = this.#options;
    const clock = this.#clockPair(nowNs);
    this.#writtenBootOffsetNs = this.#bootOffsetNs;
    return {
      probe_source: 'trace.header',
      format: 1,
      tool,
      host: info.host,
      boot_id: info.bootId,
      pid_ns: info.pidNamespace,
      epistemic_status: 'DECLARED',
      ...(recorder && { recorder }),
      ...(mode && { capture_mode: mode }),
      ...(info.pidMax !== undefined && { pid_max: info.pidMax }),
      clock,
      ...(this.#bootOffsetNs !== 0n && { boot_offset_ns: this.#bootOffsetNs }),
      ...(filter && { filter }),
      ...(hidden !== undefined && hidden > 0 && { hidden }),
      ...(info.cgroups && recorded?.cgroup !== false && { cgroups: true as const }),
    };
  }

  /** Returns a clock pair if one is due. */
  clockIfDue(nowNs: bigint): ClockRecord | undefined {
    return nowNs < this.#nextClockNs ? this.clockIfChanged(nowNs) : this.#clockRecord(nowNs);
  }

  /** Returns a clock pair if the clocks have changed: the wall clock was set, or the machine was suspended. */
  clockIfChanged(nowNs: bigint): ClockRecord | undefined {
    const isChanged =
      this.#writtenWallOffsetNs !== undefined &&
      (isClockStep(this.#writtenWallOffsetNs, this.#wallOffsetNs()) ||
        this.#writtenBootOffsetNs !== this.#bootOffsetNs);
    return isChanged ? this.#clockRecord(nowNs) : undefined;
  }

  /** Composes the records up to `nowNs`, and a clock pair if one is due. */
  compose(records: Iterable<ChurnRecord>, nowNs: bigint): string {
    let lines = '';
    for (const record of records) lines += this.line(record);
    const clock = this.clockIfDue(nowNs);
    return clock ? lines + this.line(clock) : lines;
  }

  end(nowNs: bigint): string {
    return this.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
  }

  /** Returns the line of a record. */
  line(record: TraceRecord): string {
    const { recorded } = this.#options;
    const written = recorded && isChurnRecord(record) ? recordedPart(record, recorded) : record;
    return `${encode(written, this.#seq++)}\n`;
  }

  /** Reuses the numbers of the last `count` lines, which were not written. */
  rewind(count: number): void {
    this.#seq -= count;
  }

  #clockPair(nowNs: bigint) {
    const wallOffsetNs = this.#wallOffsetNs();
    this.#nextClockNs = nowNs + clockIntervalNs;
    this.#writtenWallOffsetNs = wallOffsetNs;
    return { monotonic_ns: nowNs, realtime: formatRfc3339(nowNs + wallOffsetNs) };
  }

  #clockRecord(nowNs: bigint): ClockRecord {
    const clock = this.#clockPair(nowNs);
    const isBootWritten = this.#writtenBootOffsetNs === this.#bootOffsetNs;
    this.#writtenBootOffsetNs = this.#bootOffsetNs;
    return {
      probe_source: 'trace.clock',
      clock,
      ...(!isBootWritten && { boot_offset_ns: this.#bootOffsetNs }),
    };
  }

  #wallOffsetNs(): bigint {
    const { info, wallOffsetNs = () => info.wallOffsetNs } = this.#options;
    return wallOffsetNs();
  }
}
