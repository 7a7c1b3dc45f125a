import {
  type DecodedLine,
  type FieldKind,
  fieldsBySource,
  isStringList,
  maxTextLength,
  textLengthOf,
} from './schema.ts';

/** Integers below this bound have at most 15 digits, which a double holds exactly. */
const maxExactInteger = 1e15;

/** A number with a fraction or an exponent. In a line without a match every number is an integer. */
const fractionOrExponent = /\d[.eE]/;

/** Returns the value of a field in memory. Undefined if the kind is not supported, or the value is invalid or too large. */
const toFieldValue = (kind: FieldKind, value: unknown): unknown => {
  switch (kind) {
    case 'text':
      return typeof value === 'string' && value.length <= maxTextLength ? value : undefined;
    case 'texts':
      return isStringList(value) && textLengthOf(value) <= maxTextLength ? value : undefined;
    case 'count':
      // The addition turns -0 into 0.
      return typeof value === 'number' && value >= 0 && value < maxExactInteger ? value + 0 : undefined;
    case 'ns':
      return typeof value === 'number' && Math.abs(value) < maxExactInteger ? BigInt(value) : undefined;
    case 'true':
      return value === true ? true : undefined;
    default:
      return undefined;
  }
};

/**
 * Decodes the most frequent lines of a recorder: valid records without long integers, with exactly their own keys in
 * written order. Returns undefined for all other lines, including invalid ones. `decodeJsonLine` decodes every line, with
 * the same result, at less than half the speed.
 */
export const fastDecode = (line: string): DecodedLine | undefined => {
  if (fractionOrExponent.test(line)) return undefined;
  let values: Record<string, unknown> | null;
  try {
    values = JSON.parse(line);
  } catch {
    return undefined;
  }
  const source = values?.probe_source;
  const fields = typeof source === 'string' ? fieldsBySource.get(source) : undefined;
  if (!values || !fields) return undefined;

  const record: Record<string, unknown> = { probe_source: source };
  let seq: unknown;
  // Keys and fields are compared in parallel, which is faster than a search for each optional field.
  let next = 0;
  for (const key in values) {
    if (key === 'probe_source') continue;
    if (key === 'seq') {
      seq = toFieldValue('count', values.seq);
      if (seq === undefined) return undefined;
      continue;
    }
    let field = fields[next++];
    while (field && field.key !== key) {
      if (!field.optional) return undefined;
      field = fields[next++];
    }
    const value = field && toFieldValue(field.kind, values[key]);
    if (value === undefined) return undefined;
    record[key] = value;
  }
  for (; next < fields.length; next++) if (!fields[next]?.optional) return undefined;
  return { record, seq } as unknown as DecodedLine;
};
