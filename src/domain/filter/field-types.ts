import { durationUnits, readDuration } from '../../util/time.ts';
import { compileRegex } from '../regex/regex.ts';
import type { Operator } from './ast.ts';

/** Why values do not fit, `at` which of them, and how far into it. */
export type Misfit = { ok: false; error: string; at: number; offset: number };
export type Test<T> = { ok: true; test: (fact: T) => boolean } | Misfit;

/** A kind of fact: what it can be compared with, and how. */
export type FieldType<T> = {
  operators: readonly Operator[];
  /** What stands behind the operator, as in "expected …". */
  expects: string;
  compile: (operator: Operator, values: readonly string[]) => Test<T>;
  /** Values that begin with what is typed. */
  suggest: (typed: string) => readonly string[];
};

const misfit = (error: string, at = 0, offset = 0): Misfit => ({ ok: false, error, at, offset });

/** Read every value, or say which is none. */
const readAll = <V>(
  values: readonly string[],
  read: (text: string) => V | undefined,
  expects: string,
): { ok: true; values: V[] } | Misfit => {
  const found: V[] = [];
  for (const [at, text] of values.entries()) {
    const value = read(text);
    if (value === undefined) return misfit(`expected ${expects}, not ${text === '' ? 'nothing' : text}`, at);
    found.push(value);
  }
  return { ok: true, values: found };
};

/** `=` any of them, `!=` none of them. */
const among = <V>(operator: Operator, values: readonly V[]): Test<V> => {
  const wanted = new Set(values);
  const equal = operator === '=';
  return { ok: true, test: (fact) => wanted.has(fact) === equal };
};

const orders: Partial<Record<Operator, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** `<`, `<=`, `>`, `>=` with the one value they take. */
const ordered = <V extends number | bigint>(operator: Operator, values: readonly V[]): Test<V> => {
  const [limit] = values as [V];
  const holds = orders[operator] as (order: number) => boolean;
  if (values.length > 1) return misfit(`expected one value behind ${operator}`, 1);
  return { ok: true, test: (fact) => holds(fact < limit ? -1 : fact > limit ? 1 : 0) };
};

const anyOf = (tests: readonly ((text: string) => boolean)[]): ((text: string) => boolean) =>
  tests.length === 1 ? (tests[0] as (text: string) => boolean) : (text) => tests.some((test) => test(text));

const matching = (values: readonly string[]): Test<string> => {
  const [source, ...others] = values as [string, ...string[]];
  if (others.length > 0) return misfit('expected one expression behind =~', 1);
  const regex = compileRegex(source, ignoresCase(source) ? 'iu' : 'u');
  return regex.ok ? regex : misfit(`regular expression: ${regex.error}`, 0, regex.column);
};

const noSuggestions = () => [];

export const textType: FieldType<string> = {
  operators: ['=', '!=', '~', '=~'],
  expects: 'a text',
  compile: (operator, values) => {
    if (operator === '~') return { ok: true, test: anyOf(values.map(contains)) };
    return operator === '=~' ? matching(values) : among(operator, values);
  },
  suggest: noSuggestions,
};

/** PIDs and the like: whole numbers that a process can bear. */
const readNumber = (text: string): number | undefined => (/^\d{1,10}$/.test(text) ? Number(text) : undefined);

const wholeNumber = 'a whole number such as 4100';

export const numberType: FieldType<number> = {
  operators: ['=', '!=', '<', '<=', '>', '>='],
  expects: wholeNumber,
  compile: (operator, texts) => {
    const read = readAll(texts, readNumber, wholeNumber);
    if (!read.ok) return read;
    return operator in orders ? ordered(operator, read.values) : among(operator, read.values);
  },
  suggest: noSuggestions,
};

const aTime = 'a time such as 5s, 10ms or 2h';

export const durationType: FieldType<bigint> = {
  operators: ['<', '<=', '>', '>='],
  expects: aTime,
  compile: (operator, texts) => {
    const read = readAll(texts, readDuration, aTime);
    return read.ok ? ordered(operator, read.values) : read;
  },
  suggest: (typed) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(typed) ?? [];
    if (number === undefined) return [];
    return durationUnits.filter((name) => name.startsWith(unit as string)).map((name) => number + name);
  },
};

/** One of a few words. */
export const choiceType = <C extends string>(choices: readonly C[]): FieldType<C> => {
  const expects = `one of ${choices.join(', ')}`;
  return {
    operators: ['=', '!='],
    expects,
    compile: (operator, texts) => {
      const read = readAll(texts, (text) => choices.find((choice) => choice === text), expects);
      return read.ok ? among(operator, read.values) : read;
    },
    suggest: (typed) => choices.filter((choice) => choice.startsWith(typed)),
  };
};

/** A user is known by name and by number. */
export const userType: FieldType<{ uid: number; name: string }> = {
  operators: ['=', '!=', '~', '=~'],
  expects: 'a user name or number',
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
  expects: wholeNumber,
  compile: (operator, texts) => {
    const read = readAll(texts, readNumber, wholeNumber);
    if (!read.ok) return read;
    return { ok: true, test: (isUnder) => read.values.some(isUnder) === (operator === '=') };
  },
  suggest: noSuggestions,
};

/** Lower-case letters match both cases, one capital makes it exact. */
export const ignoresCase = (text: string): boolean => text === text.toLowerCase();

export const contains = (word: string): ((text: string) => boolean) =>
  ignoresCase(word) ? (text) => text.toLowerCase().includes(word) : (text) => text.includes(word);
