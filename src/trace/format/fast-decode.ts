import type { TraceRecord } from '../../domain/events/record.ts';
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

/** Per supported kind: JavaScript conditions under which `value` is not valid, and the expression that is stored. */
const generators: Readonly<Partial<Record<FieldKind, { invalid: string; stored: string }>>> = {
  text: { invalid: `typeof value !== 'string' || value.length > ${maxTextLength}`, stored: 'value' },
  texts: { invalid: `!isStringList(value) || textLengthOf(value) > ${maxTextLength}`, stored: 'value' },
  // The addition makes -0 a plain 0.
  count: {
    invalid: `typeof value !== 'number' || value < 0 || value >= ${maxExactInteger}`,
    stored: 'value + 0',
  },
  ns: {
    invalid: `typeof value !== 'number' || value >= ${maxExactInteger} || value <= -${maxExactInteger}`,
    stored: 'BigInt(value)',
  },
  true: { invalid: 'value !== true', stored: 'true' },
};

type Validator = (values: object) => TraceRecord | undefined;

/**
 * Compiles the validator of one record type. Generated code reads each key by name, which is 1.3 times as fast as a
 * loop over the fields. All of its text comes from the schema. Returns undefined if a field is not supported.
 */
const compileValidator = (
  source: string,
  fields: NonNullable<ReturnType<typeof fieldsBySource.get>>,
): Validator | undefined => {
  let body = `const record = { probe_source: '${source}' }; let value;`;
  for (const [key, { kind, optional }] of fields) {
    const generator = generators[kind];
    if (!generator && !optional) return undefined;
    const { invalid, stored } = generator ?? { invalid: 'true', stored: '' };
    body += `value = values.${key};`;
    body += optional ? 'if (value !== undefined) {' : '{';
    body += `if (${invalid}) return undefined; record.${key} = ${stored || 'value'}; }`;
  }
  const create = new Function(
    'isStringList',
    'textLengthOf',
    `return (values) => { ${body} return record; };`,
  );
  return create(isStringList, textLengthOf) as Validator;
};

const validators = new Map<string, Validator | undefined>();

const validatorOf = (source: unknown): Validator | undefined => {
  if (typeof source !== 'string') return undefined;
  const fields = fieldsBySource.get(source);
  if (fields && !validators.has(source)) validators.set(source, compileValidator(source, fields));
  return validators.get(source);
};

/**
 * Decodes the lines that a recorder writes most: valid records without long integers. Returns undefined for all other
 * lines, including invalid ones. `decodeJsonLine` returns the same result for every line, about three times slower.
 */
export const fastDecode = (line: string): DecodedLine | undefined => {
  if (fractionOrExponent.test(line)) return undefined;
  let values: { probe_source?: unknown; seq?: unknown } | null;
  try {
    values = JSON.parse(line);
  } catch {
    return undefined;
  }
  const record = values === null ? undefined : validatorOf(values.probe_source)?.(values);
  if (!values || !record) return undefined;
  const { seq } = values;
  if (seq === undefined) return { record, seq };
  const isExact = typeof seq === 'number' && seq >= 0 && seq < maxExactInteger;
  return isExact ? { record, seq: seq + 0 } : undefined;
};
