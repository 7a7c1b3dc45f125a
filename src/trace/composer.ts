import type { ChurnRecord } from '../domain/event.ts';
import type { HeaderRecord, TraceRecord } from '../domain/record.ts';
import type { CaptureMode, SourceInfo } from '../domain/source.ts';
import { rfc3339 } from '../domain/wall-time.ts';
import { encode } from './codec.ts';

/** A reader takes a source that was silent for longer as gone. */
const clockEveryNs = 10_000_000_000n;

export type ComposerOptions = {
  info: SourceInfo;
  /** `churntop 0.1.0`. */
  tool: string;
  /** Wall clock minus monotonic clock now, ns; it moves when the wall clock is set. Default: as at the start. */
  wallOffsetNs?: () => bigint;
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
  #clockDue = 0n;

  constructor(options: ComposerOptions) {
    this.#options = options;
  }

  /** How many records were numbered so far. */
  get records(): number {
    return this.#seq;
  }

  begin(nowNs: bigint): string {
    const { info, tool, filter, mode, hidden } = this.#options;
    this.#clockDue = nowNs + clockEveryNs;
    const header: HeaderRecord = {
      probe_source: 'trace.header',
      format: 1,
      tool,
      host: info.host,
      boot_id: info.bootId,
      pid_ns: info.pidNamespace,
      epistemic_status: 'DECLARED',
      ...(mode && { capture_mode: mode }),
      ...(info.pidMax !== undefined && { pid_max: info.pidMax }),
      clock: this.#clock(nowNs),
      ...(info.bootOffsetNs > 0n && { boot_offset_ns: info.bootOffsetNs }),
      ...(filter && { filter }),
      ...(hidden !== undefined && hidden > 0 && { hidden }),
    };
    return this.line(header);
  }

  /** What was seen up to `nowNs`; a clock line is added when one is due. */
  compose(records: Iterable<ChurnRecord>, nowNs: bigint): string {
    let lines = '';
    for (const record of records) lines += this.line(record);
    if (nowNs >= this.#clockDue) {
      this.#clockDue = nowNs + clockEveryNs;
      lines += this.line({ probe_source: 'trace.clock', clock: this.#clock(nowNs) });
    }
    return lines;
  }

  end(nowNs: bigint): string {
    return this.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
  }

  line(record: TraceRecord): string {
    return `${encode(record, this.#seq++)}\n`;
  }

  #clock(nowNs: bigint) {
    const { info, wallOffsetNs = () => info.wallOffsetNs } = this.#options;
    return { monotonic_ns: nowNs, realtime: rfc3339(nowNs + wallOffsetNs()) };
  }
}
