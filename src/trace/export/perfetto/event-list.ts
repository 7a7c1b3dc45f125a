import { json } from '../../json.ts';

/** What a trace event holds, its times apart. */
export type Event = Readonly<Record<string, unknown>> & {
  ph: string;
  name: string;
  at?: bigint;
  dur?: bigint;
};

/** Microseconds with three decimals: exact to the nanosecond, as the format has no other unit. */
const micros = (ns: bigint): string =>
  ns < 0n ? `-${micros(-ns)}` : `${ns / 1000n}.${String(ns % 1000n).padStart(3, '0')}`;

/** The elements of the format's one long array, in pieces. */
export class EventList {
  #text = '';
  #first = true;

  /** `at` and `dur` in ns. */
  add({ at, dur, ...event }: Event): void {
    const ts = at === undefined ? '' : `,"ts":${micros(at)}`;
    const lasts = dur === undefined ? '' : `,"dur":${micros(dur)}`;
    this.#text += `${this.#first ? '' : ',\n'}${json(event).slice(0, -1)}${ts}${lasts}}`;
    this.#first = false;
  }

  /** What was added since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
