import { toJson } from '../format/json.ts';

/** An event of the format. Its times are in ns, and are converted to `ts` and `dur`. */
export type TraceEvent = Readonly<Record<string, unknown>> & {
  ph: string;
  name: string;
  atNs?: bigint;
  durationNs?: bigint;
};

/** Formats ns as microseconds, the unit of the format, with three decimals. */
const microseconds = (ns: bigint): string =>
  ns < 0n ? `-${microseconds(-ns)}` : `${ns / 1000n}.${String(ns % 1000n).padStart(3, '0')}`;

/** Encodes the elements of the `traceEvents` array, piece by piece. */
export class EventList {
  #text = '';
  #first = true;

  add({ atNs, durationNs, ...event }: TraceEvent): void {
    const ts = atNs === undefined ? '' : `,"ts":${microseconds(atNs)}`;
    const dur = durationNs === undefined ? '' : `,"dur":${microseconds(durationNs)}`;
    this.#text += `${this.#first ? '' : ',\n'}${toJson(event).slice(0, -1)}${ts}${dur}}`;
    this.#first = false;
  }

  /** Returns the text since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
