import { gapReasons, isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { captureModes, type TraceRecord } from '../../domain/events/record.ts';
import { TraceError } from './errors.ts';
import { fastDecode } from './fast-decode.ts';
import { jsonString } from './json.ts';
import { type DecodedLine, type FieldKind, fieldsBySource, maxTextLength, seqFollowsKey } from './schema.ts';

export { recordFields } from './schema.ts';

export const traceFormat = 1;

const encodeValue = (value: unknown): string => {
  if (typeof value === 'string') return jsonString(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(encodeValue).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `"${key}":${encodeValue(inner)}`)
    .join(',')}}`;
};

/** One record as one line, without its newline. `seq` counts the records of one recorder from 0. */
export const encode = (record: TraceRecord, seq?: number): string => {
  const values = record as Record<string, unknown>;
  const seqField = seq === undefined ? '' : `,"seq":${seq}`;
  let line = `{"probe_source":"${record.probe_source}"`;
  if (!isProbeEvent(record)) line += seqField;
  for (const [key] of fieldsBySource.get(record.probe_source) ?? []) {
    const value = values[key];
    if (value === undefined) continue;
    line += `,"${key}":${encodeValue(value)}`;
    if (key === seqFollowsKey) line += seqField;
  }
  return `${line}}`;
};

/** The guest agent's own form: spawns and exits only, four keys. Undefined for everything else. */
export const encodeStrict = (record: TraceRecord): string | undefined => {
  if (record.probe_source !== 'process.spawned' && record.probe_source !== 'process.exited') return undefined;
  const { probe_source, guest_pid, guest_comm, guest_monotonic_ns } = record as ProbeEvent;
  return `{"probe_source":"${probe_source}","guest_pid":${guest_pid},"guest_comm":${jsonString(guest_comm)},"guest_monotonic_ns":${guest_monotonic_ns}}`;
};

/** A record read from a line, with its `seq` if it bore one. */
export type Decoded = { record: TraceRecord; seq: number | undefined };
// JSON.parse would round what is beyond 2^53. A key with its quotes, colon and digits cannot stand inside a JSON
// string, where the closing quote of the key would be escaped; so quoting the digits first is exact.
const unquotedNs = /"(\w*_ns)"\s*:\s*(-?(?:0|[1-9]\d*))(?=\s*[,}])/g;

/**
 * Read one line. Unknown `probe_source` values give undefined and unknown keys are left out: neither is an error.
 * @throws TraceError saying what is wrong with the line
 */
export const decode = (line: string): Decoded | undefined => {
  const { record, seq } = decodeLine(line, 0, line.length);
  assertSupportedFormat(record);
  return record && { record, seq };
};

/** What stands under a header of another format is not guessed at. @throws TraceError */
export const assertSupportedFormat = (record: TraceRecord | undefined): void => {
  if (record?.probe_source === 'trace.header' && record.format !== traceFormat)
    throw new TraceError(`format ${record.format}, this version reads ${traceFormat}`);
};

/**
 * Read the line between two positions of a text. What a recorder of ours wrote is scanned by the table; any other JSON
 * takes the long way, with the same outcome.
 * @throws TraceError saying what is wrong with the line
 */
export const decodeLine = (text: string, start: number, end: number): DecodedLine =>
  fastDecode(text, start, end) ?? parseJsonLine(text.slice(start, end));

/** Some pipelines and editors begin a file with it; where such files were joined, it stands between lines. */
const byteOrderMark = /^\ufeff/;

/** Any JSON. @throws TraceError */
export const parseJsonLine = (line: string): DecodedLine => {
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
  // Another format may have other keys; which one it is, is all there is to know.
  if (format !== undefined && format !== traceFormat)
    return { record: { probe_source: source, format } as TraceRecord, seq };
  const fields = fieldsBySource.get(source);
  if (!fields) return { record: undefined, seq };

  const record: Record<string, unknown> = { probe_source: source };
  for (const [key, field] of fields) {
    const value = values[key];
    if (value === undefined || value === null) {
      if (!field.optional) throw new TraceError(`${source} without ${key}`);
      continue;
    }
    const decoded = fieldDecoders[field.kind](value);
    if ((decoded === undefined || textLengthOf(decoded) > maxTextLength) && field.ignoreUnknown) continue;
    if (textLengthOf(decoded) > maxTextLength)
      throw new TraceError(`${key} has more than ${maxTextLength} characters`);
    if (decoded === undefined) throw new TraceError(`${key} is not ${kindDescriptions[field.kind]}`);
    record[key] = decoded;
  }
  return { record: record as unknown as TraceRecord, seq };
};

const decimalInteger = /^-?\d{1,40}$/;

const parseInteger = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && decimalInteger.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
};

const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Of what has no bound by its kind; in a list with what parts them, so that one of nothing is not without end. */
const textLengthOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length;
  return isStringList(value) ? value.reduce((length, each) => length + each.length + 1, 0) : 0;
};

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
    // The kernel's clocks count signed 64 bits; a time beyond them is none, and no calendar could show it.
    return ns === undefined || BigInt.asIntN(64, ns) === ns ? ns : undefined;
  },
  true: (value) => (value === true ? true : undefined),
  reason: (value) => gapReasons.find((reason) => reason === value),
  mode: (value) => captureModes.find((mode) => mode === value),
  clock: (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const { monotonic_ns, realtime } = value as Record<string, unknown>;
    const at = fieldDecoders.ns(monotonic_ns);
    return at !== undefined && typeof realtime === 'string' ? { monotonic_ns: at, realtime } : undefined;
  },
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
};
