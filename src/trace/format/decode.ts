import { captureModes, gapReasons } from '../../domain/events/event.ts';
import { maxPulseComms, type PulseComm, type TraceRecord } from '../../domain/events/record.ts';
import { TraceError } from './errors.ts';
import { fastDecode } from './fast-decode.ts';
import {
  type DecodedLine,
  type FieldKind,
  fieldsBySource,
  isStringList,
  maxTextLength,
  textLengthOf,
  traceFormat,
} from './schema.ts';

/** A decoded record with its `seq`, if the line has one. */
export type Decoded = { record: TraceRecord; seq: number | undefined };

/**
 * Decodes one line. Unknown keys are ignored. Returns undefined for an unknown `probe_source`, which is not an error.
 * @throws TraceError if the line is invalid or has a header of another format
 */
export const decode = (line: string): Decoded | undefined => {
  const { record, seq } = decodeLine(line);
  assertSupportedFormat(record);
  return record && { record, seq };
};

/** @throws TraceError if the record is a header of another format, because its records may have another meaning */
export const assertSupportedFormat = (record: TraceRecord | undefined): void => {
  if (record?.probe_source === 'trace.header' && record.format !== traceFormat)
    throw new TraceError(`format ${record.format}, this version reads ${traceFormat}`);
};

/** Decodes one line. @throws TraceError if the line is invalid */
export const decodeLine = (line: string): DecodedLine => fastDecode(line) ?? decodeJsonLine(line);

/** A byte order mark at the start of a line. Some editors write one, so joined files have one at the start of each part. */
const byteOrderMark = /^\ufeff/;

/**
 * A nanosecond field with an unquoted integer, which JSON.parse would round beyond 2^53. It cannot match inside a JSON
 * string, because the closing quote of the key would be escaped there.
 */
const unquotedNs = /"(\w*_ns)"\s*:\s*(-?(?:0|[1-9]\d*))(?=\s*[,}])/g;

/** Decodes any JSON line: keys in any order, integers of any length. @throws TraceError if the line is invalid */
export const decodeJsonLine = (line: string): DecodedLine => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.replace(byteOrderMark, '').replace(unquotedNs, '"$1":"$2"'));
  } catch {
    throw new TraceError('not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new TraceError('not an object');
  const values = parsed as Record<string, unknown>;
  const source = values.probe_source;
  if (typeof source !== 'string') throw new TraceError('no probe_source');
  const seq = values.seq === undefined ? undefined : (fieldDecoders.count(values.seq) as number | undefined);
  const format = source === 'trace.header' ? fieldDecoders.count(values.format) : undefined;
  // A header of another format may have other keys, so only its format is decoded.
  if (format !== undefined && format !== traceFormat)
    return { record: { probe_source: source, format } as TraceRecord, seq };
  const fields = fieldsBySource.get(source);
  if (!fields) return { record: undefined, seq };

  const record: Record<string, unknown> = { probe_source: source };
  for (const { key, kind, optional, ignoreUnknown } of fields) {
    const value = values[key];
    if (value === undefined || value === null) {
      if (!optional) throw new TraceError(`${source} without ${key}`);
      continue;
    }
    const decoded = fieldDecoders[kind](value);
    const isTooLong = textLengthOf(decoded) > maxTextLength;
    if ((decoded === undefined || isTooLong) && ignoreUnknown) continue;
    if (isTooLong) throw new TraceError(`${key} has more than ${maxTextLength} characters`);
    if (decoded === undefined) throw new TraceError(`${key} is not ${kindDescriptions[kind]}`);
    record[key] = decoded;
  }
  return { record: record as unknown as TraceRecord, seq };
};

const decimalInteger = /^-?\d{1,40}$/;

const parseInteger = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && decimalInteger.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
};

/** Returns the value of a field, or undefined if it is invalid. */
const fieldDecoders: Record<FieldKind, (value: unknown) => unknown> = {
  text: (value) => (typeof value === 'string' ? value : undefined),
  texts: (value) => (isStringList(value) ? value : undefined),
  integer: parseInteger,
  count: (value) => {
    const number = parseInteger(value);
    return number !== undefined && number >= 0 ? Math.abs(number) : undefined;
  },
  ns: (value) => {
    const ns = typeof value === 'string' && decimalInteger.test(value) ? BigInt(value) : undefined;
    // Kernel clocks have signed 64 bits. Larger times have no calendar date.
    return ns === undefined || BigInt.asIntN(64, ns) === ns ? ns : undefined;
  },
  true: (value) => (value === true ? true : undefined),
  reason: (value) => gapReasons.find((reason) => reason === value),
  mode: (value) => captureModes.find((mode) => mode === value),
  clock: (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const { monotonic_ns, realtime } = value as Record<string, unknown>;
    const ns = fieldDecoders.ns(monotonic_ns);
    return ns !== undefined && typeof realtime === 'string' ? { monotonic_ns: ns, realtime } : undefined;
  },
  comms: (value) => {
    if (!Array.isArray(value) || value.length > maxPulseComms) return undefined;
    const comms = value.map(decodePulseComm);
    return comms.includes(undefined) ? undefined : comms;
  },
};

const decodePulseComm = (value: unknown): PulseComm | undefined => {
  const { comm, spawned, exited, failed } = (value ?? {}) as Record<string, unknown>;
  const counts = [spawned, exited, failed].map(fieldDecoders.count) as (number | undefined)[];
  if (typeof comm !== 'string' || comm.length > maxTextLength || counts.includes(undefined)) return undefined;
  const [spawns = 0, exits = 0, failures = 0] = counts;
  return { comm, spawned: spawns, exited: exits, failed: failures };
};

const kindDescriptions: Record<FieldKind, string> = {
  text: 'a text',
  texts: 'a list of texts',
  integer: 'an integer',
  count: 'a whole number',
  ns: 'a whole number of nanoseconds',
  true: 'true',
  reason: 'a known gap reason',
  mode: 'a known capture mode',
  clock: 'a clock pair',
  comms: 'a list of counts by comm',
};
