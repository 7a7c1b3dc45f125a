import { durationUnits, parseDurationNs } from '../../util/time.ts';
import { compileRegex } from '../regex/regex.ts';
import type { Operator } from './ast.ts';

/** Why values do not fit, `at` which of them, and how far into it. */
export type ValueError = { ok: false; error: string; valueIndex: number; offset: number };
export type CompiledTest<T> = { ok: true; test: (value: T) => boolean } | ValueError;

/** A kind of fact: what it can be compared with, and how. */
export type FieldType<T> = {
  operators: readonly Operator[];
  /** What stands behind the operator, as in "expected …". */
  expected: string;
  compile: (operator: Operator, values: readonly string[]) => CompiledTest<T>;
  /** Values that begin with what is typed. */
  suggest: (typed: string) => readonly string[];
};

const valueError = (error: string, valueIndex = 0, offset = 0): ValueError => ({
  ok: false,
  error,
  valueIndex,
  offset,
});

/** Read every value, or say which is none. */
const parseValues = <V>(
  values: readonly string[],
  parse: (text: string) => V | undefined,
  expected: string,
): { ok: true; values: V[] } | ValueError => {
  const parsed: V[] = [];
  for (const [at, text] of values.entries()) {
    const value = parse(text);
    if (value === undefined)
      return valueError(`expected ${expected}, not ${text === '' ? 'nothing' : text}`, at);
    parsed.push(value);
  }
  return { ok: true, values: parsed };
};

/** `=` any of them, `!=` none of them. */
const membershipTest = <V>(operator: Operator, values: readonly V[]): CompiledTest<V> => {
  const wanted = new Set(values);
  const equal = operator === '=';
  return { ok: true, test: (fact) => wanted.has(fact) === equal };
};

const orderChecks: Partial<Record<Operator, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** `<`, `<=`, `>`, `>=` with the one value they take. */
const orderTest = <V extends number | bigint>(operator: Operator, values: readonly V[]): CompiledTest<V> => {
  const [limit] = values as [V];
  const isInOrder = orderChecks[operator] as (order: number) => boolean;
  if (values.length > 1) return valueError(`expected one value behind ${operator}`, 1);
  return { ok: true, test: (fact) => isInOrder(fact < limit ? -1 : fact > limit ? 1 : 0) };
};

const anyOf = (tests: readonly ((text: string) => boolean)[]): ((text: string) => boolean) =>
  tests.length === 1 ? (tests[0] as (text: string) => boolean) : (text) => tests.some((test) => test(text));

const regexTest = (values: readonly string[]): CompiledTest<string> => {
  const [source, ...others] = values as [string, ...string[]];
  if (others.length > 0) return valueError('expected one expression behind =~', 1);
  const regex = compileRegex(source, isCaseInsensitive(source) ? 'iu' : 'u');
  return regex.ok ? regex : valueError(`regular expression: ${regex.error}`, 0, regex.column);
};

const noSuggestions = () => [];

export const textType: FieldType<string> = {
  operators: ['=', '!=', '~', '=~'],
  expected: 'a text',
  compile: (operator, values) => {
    if (operator === '~') return { ok: true, test: anyOf(values.map(containsTest)) };
    return operator === '=~' ? regexTest(values) : membershipTest(operator, values);
  },
  suggest: noSuggestions,
};

/** PIDs and the like: whole numbers that a process can bear. */
const parseNumber = (text: string): number | undefined =>
  /^\d{1,10}$/.test(text) ? Number(text) : undefined;

const expectedNumber = 'a whole number such as 4100';

export const numberType: FieldType<number> = {
  operators: ['=', '!=', '<', '<=', '>', '>='],
  expected: expectedNumber,
  compile: (operator, texts) => {
    const read = parseValues(texts, parseNumber, expectedNumber);
    if (!read.ok) return read;
    return operator in orderChecks ? orderTest(operator, read.values) : membershipTest(operator, read.values);
  },
  suggest: noSuggestions,
};

const expectedDuration = 'a time such as 5s, 10ms or 2h';

export const durationType: FieldType<bigint> = {
  operators: ['<', '<=', '>', '>='],
  expected: expectedDuration,
  compile: (operator, texts) => {
    const read = parseValues(texts, parseDurationNs, expectedDuration);
    return read.ok ? orderTest(operator, read.values) : read;
  },
  suggest: (typed) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(typed) ?? [];
    if (number === undefined) return [];
    return durationUnits.filter((name) => name.startsWith(unit as string)).map((name) => number + name);
  },
};

/** One of a few words. */
export const choiceType = <C extends string>(choices: readonly C[]): FieldType<C> => {
  const expected = `one of ${choices.join(', ')}`;
  return {
    operators: ['=', '!='],
    expected,
    compile: (operator, texts) => {
      const read = parseValues(texts, (text) => choices.find((choice) => choice === text), expected);
      return read.ok ? membershipTest(operator, read.values) : read;
    },
    suggest: (typed) => choices.filter((choice) => choice.startsWith(typed)),
  };
};

/** A user is known by name and by number. */
export const userType: FieldType<{ uid: number; name: string }> = {
  operators: ['=', '!=', '~', '=~'],
  expected: 'a user name or number',
  compile: (operator, values) => {
    const equals = operator === '=' || operator === '!=';
    const text = textType.compile(operator === '!=' ? '=' : operator, values);
    if (!text.ok) return text;
    const { test } = text;
    if (!equals) return { ok: true, test: ({ name }) => test(name) };
    return { ok: true, test: ({ uid, name }) => (test(name) || test(String(uid))) === (operator === '=') };
  },
  suggest: noSuggestions,
};

/** A place in the tree of processes: asked of each root whether it is above. */
export const descentType: FieldType<(root: number) => boolean> = {
  operators: ['=', '!='],
  expected: expectedNumber,
  compile: (operator, texts) => {
    const read = parseValues(texts, parseNumber, expectedNumber);
    if (!read.ok) return read;
    return { ok: true, test: (isUnder) => read.values.some(isUnder) === (operator === '=') };
  },
  suggest: noSuggestions,
};

/** Lower-case letters match both cases, one capital makes it exact. */
export const isCaseInsensitive = (text: string): boolean => text === text.toLowerCase();

export const containsTest = (word: string): ((text: string) => boolean) =>
  isCaseInsensitive(word) ? (text) => text.toLowerCase().includes(word) : (text) => text.includes(word);
