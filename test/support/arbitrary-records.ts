import fc from 'fast-check';
import { gapReasons } from '../../src/domain/events/event.ts';
import { captureModes, type TraceRecord } from '../../src/domain/events/record.ts';
import {
  type FieldKind,
  type FieldSpec,
  type RecordSource,
  recordFields,
} from '../../src/trace/format/schema.ts';
import { formatRfc3339 } from '../../src/util/time.ts';
/** Far beyond 2^53, and up to it, and small. */
export const arbitraryNs = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  fc.bigInt({ min: 0n, max: 10n ** 10n }),
);

/** Names as kernels allow and as processes abuse them. */
export const arbitraryName = fc.oneof(
  fc.string({ maxLength: 16 }),
  fc.string({ unit: 'binary', maxLength: 16 }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\u001b]0;x\u0007',
    'a"_ns":1,"b',
    '\u0000',
    '\u009b31m',
    '","seq":7,"x":"',
    '\u202e',
  ),
);

const arbitraryByKind: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  text: arbitraryName,
  texts: fc.array(arbitraryName, { maxLength: 4 }),
  count: fc.oneof(fc.nat(), fc.maxSafeNat()),
  integer: fc.maxSafeInteger(),
  ns: arbitraryNs,
  true: fc.constant(true),
  reason: fc.constantFrom(...gapReasons),
  mode: fc.constantFrom(...captureModes),
  clock: fc.record(
    {
      monotonic_ns: arbitraryNs,
      realtime: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(formatRfc3339),
    },
    { noNullPrototype: true },
  ),
};

/** Headers of other formats are none. */
const fixedFields: Partial<Record<RecordSource, object>> = { 'trace.header': { format: 1 } };

/** Any record of a source, made from the table that reads and writes it. */
export const arbitraryRecord = (source: RecordSource): fc.Arbitrary<TraceRecord> => {
  const fields = Object.entries<FieldSpec>(recordFields[source]);
  const model = Object.fromEntries(fields.map(([key, { kind }]) => [key, arbitraryByKind[kind]]));
  const requiredKeys = fields.filter(([, { optional }]) => !optional).map(([key]) => key);
  return fc
    .record(model, { requiredKeys, noNullPrototype: true })
    .map((values) => ({ probe_source: source, ...values, ...fixedFields[source] }) as unknown as TraceRecord);
};

export const recordSources = Object.keys(recordFields) as RecordSource[];
export const arbitraryTraceRecord = fc.oneof(...recordSources.map(arbitraryRecord));
