import type { EndRecord, HeaderRecord, TraceRecord } from '../../../domain/events/record.ts';
import { GuestFold } from '../../../domain/fleet/guest-fold.ts';
import { encode } from '../../../trace/format/encode.ts';
import { TraceReader } from '../../../trace/read/reader.ts';
import { formatRfc3339 } from '../../../util/time.ts';
import type { FleetClock } from '../../core/fleet-clock.ts';

/** The clocks of the guest, ns. */
export type GuestClock = Pick<FleetClock, 'nowNs' | 'wallNs'>;

/** The state of a guest as of the last record of its recorder that was applied. */
export class PublishedState {
  readonly #clock: GuestClock;
  readonly #reader = new TraceReader();
  #fold = new GuestFold();
  #header: HeaderRecord | undefined;
  #asOf: number | undefined;
  #last: TraceRecord | undefined;

  constructor(clock: GuestClock) {
    this.#clock = clock;
  }

  /** `seq` of the last record. */
  get asOf(): number | undefined {
    return this.#asOf;
  }

  /** Applies whole lines. `lastSeq` is the number of the last one. */
  apply(lines: Uint8Array, lastSeq: number): void {
    for (const { header, isNewRecorder, records } of this.#reader.push(lines)) {
      if (isNewRecorder) this.#fold = new GuestFold(header);
      this.#header = header;
      for (const record of records) this.#fold.apply(record);
      this.#last = records.at(-1) ?? this.#last;
    }
    this.#asOf = lastSeq;
  }

  /** Returns the lines of a pulse, or undefined before a header. */
  pulse(): string | undefined {
    if (!this.#header) return undefined;
    const nowNs = this.#clock.nowNs();
    const clock = { monotonic_ns: nowNs, realtime: formatRfc3339(this.#clock.wallNs()) };
    return toLines([this.#header, this.#fold.pulse({ clock, asOf: this.#asOf })]);
  }

  /**
   * Returns the live processes as lines, or undefined while they are not known. `isFinal`: whether the recorder writes no
   * more; a trace that has ended then ends here, too.
   */
  alive(isFinal = false): string | undefined {
    if (!this.#header || this.#asOf === undefined || !this.#fold.isComplete) return undefined;
    const live = this.#fold.liveRecords();
    const monotonic_ns = this.#fold.nowNs;
    const end: EndRecord[] =
      isFinal && this.#last?.probe_source === 'trace.end'
        ? [{ probe_source: 'trace.end', monotonic_ns }]
        : [];
    return toLines([
      this.#header,
      { probe_source: 'trace.alive', as_of: this.#asOf, records: live.length, monotonic_ns },
      ...live,
      ...end,
    ]);
  }
}

const toLines = (records: readonly TraceRecord[]): string =>
  records.map((record) => `${encode(record)}\n`).join('');
