import { didYouMean } from '../../util/closest.ts';
import { containsTest, ignoresCase } from '../../util/smart-case.ts';
import { durationUnits, parseDurationNs } from '../../util/time.ts';
import type { Container } from '../cgroups/container.ts';
import { formatContainer } from '../cgroups/place-text.ts';
import { maxSignal, parseSignal, signalNames } from '../events/exit-status.ts';
import type { Operator } from './ast.ts';
import { compileRegex } from './regex.ts';

/** The reason why the value at `valueIndex` is not valid. `offset` is the error position in that value. */
export type ValueError = { ok: false; error: string; valueIndex: number; offset: number };
export type CompiledTest<T> = { ok: true; test: (value: T) => boolean } | ValueError;

/** The type of a field: its operators, and how to parse and compare its values. */
export type FieldType<T> = {
  operators: readonly Operator[];
  /** Description of a valid value, for "expected …". */
  expected: string;
  compile: (operator: Operator, values: readonly string[]) => CompiledTest<T>;
  /** Returns valid values that start with `typed`. */
  suggest: (typed: string) => readonly string[];
};

const valueError = (error: string, valueIndex = 0, offset = 0): ValueError => ({
  ok: false,
  error,
  valueIndex,
  offset,
});

/** Parses all values, or returns an error for the first invalid one. */
export const parseValues = <V>(
  values: readonly string[],
  parse: (text: string) => V | undefined,
  expected: string,
  known: readonly string[] = [],
): { ok: true; values: V[] } | ValueError => {
  const parsed: V[] = [];
  for (const [index, text] of values.entries()) {
    const value = parse(text);
    if (value === undefined) {
      const meant = didYouMean(text.replace(/^SIG/i, ''), known);
      return valueError(`expected ${expected}, got "${text}"${meant}`, index);
    }
    parsed.push(value);
  }
  return { ok: true, values: parsed };
};

/** Returns a test for `=` (any of the values) or `!=` (none of them). */
const membershipTest = <V>(operator: Operator, values: readonly V[]): CompiledTest<V> => {
  const wanted = new Set(values);
  const equal = operator === '=';
  return { ok: true, test: (value) => wanted.has(value) === equal };
};

const orderChecks: Partial<Record<Operator, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Returns a test for `<`, `<=`, `>` or `>=`, or an error if there is more than one value. */
export const orderTest = <V extends number | bigint>(
  operator: Operator,
  values: readonly V[],
): CompiledTest<V> => {
  const [limit] = values as [V];
  const isInOrder = orderChecks[operator] as (order: number) => boolean;
  if (values.length > 1) return valueError(`expected one value after ${operator}`, 1);
  return { ok: true, test: (value) => isInOrder(value < limit ? -1 : value > limit ? 1 : 0) };
};

const anyOf = (tests: readonly ((text: string) => boolean)[]): ((text: string) => boolean) =>
  tests.length === 1 ? (tests[0] as (text: string) => boolean) : (text) => tests.some((test) => test(text));

const regexTest = (values: readonly string[]): CompiledTest<string> => {
  const [source, ...others] = values as [string, ...string[]];
  if (others.length > 0) return valueError('expected one expression after =~', 1);
  const regex = compileRegex(source, { ignoreCase: ignoresCase(source) });
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

const unitSuffix = /\.(?:service|scope|socket|mount|swap)$/;

/** A unit. A value without a type is that of a service, as for systemctl. */
export const unitType: FieldType<string> = {
  ...textType,
  expected: 'a unit such as nginx.service',
  compile: (operator, values) =>
    operator === '=' || operator === '!='
      ? membershipTest(
          operator,
          values.flatMap((value) => (unitSuffix.test(value) ? [value] : [value, `${value}.service`])),
        )
      : textType.compile(operator, values),
};

/**
 * The containers of a process, and none if it is known to be in no container. `=` compares whole names and the start of
 * IDs; `~` and `=~` also match the engine, as in `docker:0123456789ab`.
 */
export const containerType: FieldType<readonly Container[]> = {
  operators: textType.operators,
  expected: 'a name or the start of an ID',
  compile: (operator, values) => {
    if (operator === '=' || operator === '!=') {
      const isWanted = ({ id, name }: Container) =>
        values.some((value) => value === name || (value !== '' && (id?.startsWith(value) ?? false)));
      const equal = operator === '=';
      return { ok: true, test: (containers) => containers.some(isWanted) === equal };
    }
    const compiled = textType.compile(operator, values);
    if (!compiled.ok) return compiled;
    const matches = (container: Container) =>
      [container.name, container.id, formatContainer(container)].some(
        (text) => text !== undefined && compiled.test(text),
      );
    return { ok: true, test: (containers) => containers.some(matches) };
  },
  suggest: noSuggestions,
};

/** Parses a PID or UID: at most 10 digits. */
const parseNumber = (text: string): number | undefined =>
  /^\d{1,10}$/.test(text) ? Number(text) : undefined;

const expectedNumber = 'a whole number such as 4100';

export const numberType: FieldType<number> = {
  operators: ['=', '!=', '<', '<=', '>', '>='],
  expected: expectedNumber,
  compile: (operator, texts) => {
    const parsed = parseValues(texts, parseNumber, expectedNumber);
    if (!parsed.ok) return parsed;
    return operator in orderChecks
      ? orderTest(operator, parsed.values)
      : membershipTest(operator, parsed.values);
  },
  suggest: noSuggestions,
};

const expectedDuration = 'a time such as 5s, 10ms or 2h';

export const durationType: FieldType<bigint> = {
  operators: ['<', '<=', '>', '>='],
  expected: expectedDuration,
  compile: (operator, texts) => {
    const parsed = parseValues(texts, parseDurationNs, expectedDuration);
    return parsed.ok ? orderTest(operator, parsed.values) : parsed;
  },
  suggest: (typed) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(typed) ?? [];
    if (number === undefined) return [];
    return durationUnits.filter((name) => name.startsWith(unit as string)).map((name) => number + name);
  },
};

const expectedSignal = `a signal such as SEGV, SIGSEGV or 11 (at most ${maxSignal})`;

export const signalType: FieldType<number> = {
  operators: ['=', '!='],
  expected: expectedSignal,
  compile: (operator, texts) => {
    const parsed = parseValues(texts, parseSignal, expectedSignal, signalNames);
    return parsed.ok ? membershipTest(operator, parsed.values) : parsed;
  },
  suggest: (typed) => {
    const prefix = typed.toUpperCase();
    const names = signalNames.filter((name) => name.startsWith(prefix));
    const isFullName = prefix.startsWith('SIG') || (names.length === 0 && 'SIG'.startsWith(prefix));
    return isFullName
      ? signalNames.map((name) => `SIG${name}`).filter((name) => name.startsWith(prefix))
      : names;
  },
};

/** Returns the type of a field with a fixed set of values. */
export const choiceType = <C extends string>(choices: readonly C[]): FieldType<C> => {
  const expected = `one of ${choices.join(', ')}`;
  return {
    operators: ['=', '!='],
    expected,
    compile: (operator, texts) => {
      const parsed = parseValues(
        texts,
        (text) => choices.find((choice) => choice === text),
        expected,
        choices,
      );
      return parsed.ok ? membershipTest(operator, parsed.values) : parsed;
    },
    suggest: (typed) => choices.filter((choice) => choice.startsWith(typed)),
  };
};

/** A user, matched by name and by UID. */
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

/**
 * A position in the process tree. The value of the field is a function that returns whether the process is in the subtree
 * of a PID.
 */
export const descentType: FieldType<(pid: number) => boolean> = {
  operators: ['=', '!='],
  expected: expectedNumber,
  compile: (operator, texts) => {
    const parsed = parseValues(texts, parseNumber, expectedNumber);
    if (!parsed.ok) return parsed;
    return { ok: true, test: (isInSubtree) => parsed.values.some(isInSubtree) === (operator === '=') };
  },
  suggest: noSuggestions,
};
