import type { TraceRecord } from '../../domain/events/record.ts';
import {
  type DecodedLine,
  type FieldKind,
  type FieldSpec,
  fieldsBySource,
  maxTextLength,
  seqFollowsKey,
} from './schema.ts';

/** One key of a record in the order of writing: `,"guest_pid":` and how its value reads. */
type FieldStep = { key: string; prefix: string; valueKind: FastKind; optional: boolean };

/** Kinds this scanner reads; a record with any other takes the long way. */
type FastKind = 'text' | 'texts' | 'whole' | 'ns' | 'true';
const fastKinds: Readonly<Partial<Record<FieldKind, FastKind>>> = {
  text: 'text',
  texts: 'texts',
  count: 'whole',
  ns: 'ns',
  true: 'true',
};

const fieldStep = (key: string, valueKind: FastKind, optional: boolean): FieldStep => ({
  key,
  prefix: `,"${key}":`,
  valueKind,
  optional,
});
const seqStep = fieldStep('seq', 'whole', true);

const fieldStepsOf = (
  fields: readonly (readonly [string, FieldSpec])[],
): readonly FieldStep[] | undefined => {
  const steps: FieldStep[] = [];
  for (const [key, field] of fields) {
    const read = fastKinds[field.kind];
    if (read === undefined) return undefined;
    steps.push(fieldStep(key, read, field.optional ?? false));
    if (key === seqFollowsKey) steps.push(seqStep);
  }
  return steps[0]?.key === 'guest_pid' ? steps : [seqStep, ...steps];
};

const linePrefix = '{"probe_source":"';
const stepsBySource = new Map<string, readonly FieldStep[]>();
for (const [source, fields] of fieldsBySource) {
  const steps = fieldStepsOf(fields);
  if (steps) stepsBySource.set(source, steps);
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const brace = 0x7d;
const bracket = 0x5b;
const bracketEnd = 0x5d;
const zero = 0x30;
const nine = 0x39;

/** Digits that a double holds exactly, whatever they are. */
const maxExactDigits = 15;
/** All numbers of so many digits are times of 64 bits; longer ones are looked at the long way. */
const maxFastDigits = 18;

/** The end of a run of digits as JSON writes a whole number, or -1. */
const findDigitsEnd = (text: string, from: number, end: number): number => {
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < zero || code > nine) break;
  }
  return at === from || (text.charCodeAt(from) === zero && at > from + 1) ? -1 : at;
};

const parseDigits = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (text.charCodeAt(at) - zero);
  return value;
};

/** The closing quote of a string without escapes that opens before `from`, or -1. */
const findStringEnd = (text: string, from: number, end: number): number => {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash || code < 0x20) return -1;
  }
  return -1;
};

/** The end of a list of strings without escapes, which are put into `texts`, or -1. */
const readStringList = (text: string, from: number, end: number, texts: string[]): number => {
  if (text.charCodeAt(from) !== bracket) return -1;
  for (let at = from + 1; ; ) {
    const close = text.charCodeAt(at) === quote ? findStringEnd(text, at + 1, end) : -1;
    if (close < 0) return -1;
    texts.push(text.slice(at + 1, close));
    const next = text.charCodeAt(close + 1);
    if (next === bracketEnd) return close + 2;
    if (next !== comma) return -1;
    at = close + 2;
  }
};

/**
 * A line exactly as `encode` writes it: keys in the order of the table, no space, no escape. More than twice as fast as
 * JSON.parse with its quoting of nanoseconds; undefined means only: not of this form, read it the long way.
 */
export const fastDecode = (text: string, start: number, end: number): DecodedLine | undefined => {
  if (!matchesAt(text, start, linePrefix)) return undefined;
  const sourceEnd = findStringEnd(text, start + linePrefix.length, end);
  if (sourceEnd < 0) return undefined;
  const source = intern(text, start + linePrefix.length, sourceEnd);
  const steps = stepsBySource.get(source);
  if (!steps) return undefined;

  const record: Record<string, unknown> = { probe_source: source };
  let seq: number | undefined;
  let at = sourceEnd + 1;
  for (const step of steps) {
    if (!matchesAt(text, at, step.prefix)) {
      if (step.optional) continue;
      return undefined;
    }
    at += step.prefix.length;
    if (step.valueKind === 'text') {
      if (text.charCodeAt(at) !== quote) return undefined;
      const close = findStringEnd(text, at + 1, end);
      if (close < 0 || close - at > maxTextLength) return undefined;
      record[step.key] = intern(text, at + 1, close);
      at = close + 1;
    } else if (step.valueKind === 'texts') {
      const texts: string[] = [];
      const after = readStringList(text, at, end, texts);
      if (after < 0 || after - at > maxTextLength) return undefined;
      record[step.key] = texts;
      at = after;
    } else if (step.valueKind === 'true') {
      if (!matchesAt(text, at, 'true')) return undefined;
      record[step.key] = true;
      at += 4;
    } else {
      const after = findDigitsEnd(text, at, end);
      if (after < 0) return undefined;
      if (after - at > maxFastDigits) return undefined;
      const short = after - at <= maxExactDigits;
      if (step.valueKind === 'ns') {
        record[step.key] = BigInt(short ? parseDigits(text, at, after) : text.slice(at, after));
      } else if (!short) {
        return undefined;
      } else if (step === seqStep) {
        seq = parseDigits(text, at, after);
      } else {
        record[step.key] = parseDigits(text, at, after);
      }
      at = after;
    }
    const next = text.charCodeAt(at);
    if (next !== comma && next !== brace) return undefined;
  }
  if (at !== end - 1 || text.charCodeAt(at) !== brace) return undefined;
  return { record: record as unknown as TraceRecord, seq };
};

const internSlots = 4096;
const interned = new Array<string | undefined>(internSlots);

/** A comm has 16 bytes; what is longer is no name that comes again and again. */
const maxInternedLength = 32;

/** A string of its own: a slice would keep the whole text that it was cut from in memory. */
const copyString = (slice: string): string => {
  const narrow = Buffer.from(slice, 'latin1').toString('latin1');
  return narrow === slice ? narrow : Buffer.from(slice, 'utf16le').toString('utf16le');
};

export const matchesAt = (text: string, at: number, expected: string): boolean => {
  for (let index = 0; index < expected.length; index++) {
    if (text.charCodeAt(at + index) !== expected.charCodeAt(index)) return false;
  }
  return true;
};

/**
 * The part of a text between two positions, the same string each time it is met: names recur, and what stands in a map
 * by them is found by its remembered hash. A fixed number of places; the newer name takes the older one's.
 */
export const intern = (text: string, from: number, to: number): string => {
  if (to - from > maxInternedLength) return copyString(text.slice(from, to));
  let hash = to - from;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  const slot = (hash ^ (hash >>> 12)) & (internSlots - 1);
  const found = interned[slot];
  if (found !== undefined && found.length === to - from && matchesAt(text, from, found)) return found;
  const copy = copyString(text.slice(from, to));
  interned[slot] = copy;
  return copy;
};
