import type { ChurnRecord } from '../../domain/events/event.ts';
import type { CaptureMode, ClockRecord, HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { formatRfc3339 } from '../../util/time.ts';
import { encode } from './codec.ts';

/** A reader takes a source that was silent for longer as gone. */
const clockIntervalNs = 10_000_000_000n;

export type ComposerOptions = {
  info: SourceInfo;
  /** `churntop 0.1.0`. */
  tool: string;
  /** Wall clock minus monotonic clock now, ns; it moves when the wall clock is set. Default: as at the start. */
  wallOffsetNs?: () => bigint;
  /** Names this recorder in the headers of all its files. */
  recorder?: string | undefined;
  filter?: string | undefined;
  mode?: CaptureMode | undefined;
  hidden?: number | undefined;
};

/**
 * The lines of one recorder, in order: header, records, a clock pair each 10 s, end. It numbers them; writing them is
 * someone else's task. Lines end in a newline.
 */
export class TraceComposer {
  readonly #options: ComposerOptions;
  #seq = 0;
  #nextClockNs = 0n;

  constructor(options: ComposerOptions) {
    this.#options = options;
  }

  /** How many records were numbered so far. */
  get recordCount(): number {
    return this.#seq;
  }

  begin(nowNs: bigint): string {
    return this.line(this.header(nowNs));
  }

  header(nowNs: bigint): HeaderRecord {
    const { info, tool, recorder, filter, mode, hidden } = this.#options;
    this.#nextClockNs = nowNs + clockIntervalNs;
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
      clock: this.#clockPair(nowNs),
      ...(info.bootOffsetNs > 0n && { boot_offset_ns: info.bootOffsetNs }),
      ...(filter && { filter }),
      ...(hidden !== undefined && hidden > 0 && { hidden }),
      ...(info.cgroups && { cgroups: true as const }),
    };
  }

  /** The clock line that is due by now, if one is. */
  clockIfDue(nowNs: bigint): ClockRecord | undefined {
    if (nowNs < this.#nextClockNs) return undefined;
    this.#nextClockNs = nowNs + clockIntervalNs;
    return { probe_source: 'trace.clock', clock: this.#clockPair(nowNs) };
  }

  /** What was seen up to `nowNs`; a clock line is added when one is due. */
  compose(records: Iterable<ChurnRecord>, nowNs: bigint): string {
    let lines = '';
    for (const record of records) lines += this.line(record);
    const clock = this.clockIfDue(nowNs);
    return clock ? lines + this.line(clock) : lines;
  }

  end(nowNs: bigint): string {
    return this.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
  }

  line(record: TraceRecord): string {
    return `${encode(record, this.#seq++)}\n`;
  }

  /** The last `count` lines were not written after all: their numbers are free again. */
  rewind(count: number): void {
    this.#seq -= count;
  }

  #clockPair(nowNs: bigint) {
    const { info, wallOffsetNs = () => info.wallOffsetNs } = this.#options;
    return { monotonic_ns: nowNs, realtime: formatRfc3339(nowNs + wallOffsetNs()) };
  }
}
