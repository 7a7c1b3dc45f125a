import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metrics, units } from '../../../src/domain/alerts/metrics.ts';
import {
  type AlertRule,
  comparisonOperators,
  defaultRules,
  durationNsOf,
  formatRule,
  limitOf,
} from '../../../src/domain/alerts/rule.ts';
import { parseRule } from '../../../src/domain/alerts/rule-parser.ts';
import '../../support/setup/property-seed.ts';

const ruleOf = (text: string): AlertRule => {
  const parsed = parseRule(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.rule;
};

test.each([
  ['spawn_rate(comm)>50', 50],
  ['spawn_rate > 50/s', 50],
  ['spawn_rate>3000/m', 50],
  ['spawn_rate>7.2k/h', 2],
  ['alive(user)>=2k', 2000],
  ['alive<1.5M', 1_500_000],
  ['coverage<90%', 0.9],
  ['zombies ( parent ) >= 10 for 10s', 10],
])('limitOf returns the limit of %s in base units, %d', (text, limit) => {
  expect(limitOf(ruleOf(text))).toBeCloseTo(limit, 9);
});

test('formatRule omits unnecessary spaces', () => {
  expect(formatRule(ruleOf(' zombies ( parent )  >=  10   for 10s '))).toBe('zombies(parent)>=10 for 10s');
  expect(durationNsOf(ruleOf('alive>1 for 2m'))).toBe(120_000_000_000n);
  expect(durationNsOf(ruleOf('alive>1'))).toBe(0n);
});

test.each(metrics.map(({ example }) => [example]))('the example %s is a valid rule', (example) => {
  expect(formatRule(ruleOf(example))).toBe(example);
});

test('defaultRules have a text', () => {
  expect(defaultRules.map(formatRule)).toEqual(['zombies(parent)>=10 for 10s', 'restarts(comm)>=5']);
});

describe('parseRule points at the error', () => {
  test.each([
    ['', 0],
    ['spawns>5', 0],
    ['  spawns>5', 2],
    ['spawn_rate(cmm)>5', 11],
    ['exit_rate(comm)>5', 10],
    ['spawn_rate(comm>5', 15],
    ['spawn_rate(comm)', 16],
    ['spawn_rate=5', 10],
    ['spawn_rate=>5', 10],
    ['spawn_rate>', 11],
    ['spawn_rate>x', 11],
    ['spawn_rate>-5', 11],
    ['spawn_rate>5.', 11],
    ['spawn_rate>5/d', 12],
    ['alive>5/s', 7],
    ['coverage<90', 11],
    ['alive>5 during 3s', 8],
    ['alive>5 for', 11],
    ['alive>5 for 3', 12],
    ['alive>5 for 2h', 12],
    ['alive>5 for 3s, please', 14],
    ['alive>5 for 3s please', 15],
    ['alive>5, alive<3', 7],
  ])('%j', (text, column) => {
    expect(parseRule(text)).toMatchObject({ ok: false, column, error: expect.stringMatching(/\S/) });
  });
});

const anyRule = fc.constantFrom(...metrics).chain(({ name, groupings, unit }) =>
  fc.record(
    {
      metric: fc.constant(name),
      by: fc.constantFrom(...groupings, undefined),
      operator: fc.constantFrom(...(Object.keys(comparisonOperators) as AlertRule['operator'][])),
      amount: fc.integer({ min: 0, max: 999_999_999 }).map((thousandths) => thousandths / 1000),
      unit: fc.constantFrom(...Object.keys(units[unit].factors)),
      hold: fc.constantFrom('1s', '250ms', '5m', '0.5h', undefined),
    },
    { noNullPrototype: true },
  ),
);

test('parseRule reads any formatted rule', () => {
  fc.assert(
    fc.property(anyRule, ({ by: groupBy, hold: duration, ...rest }) => {
      const rule: AlertRule = { ...rest, ...(groupBy && { groupBy }), ...(duration && { duration }) };
      expect(parseRule(formatRule(rule))).toEqual({ ok: true, rule });
    }),
  );
});

const piece = fc.constantFrom(
  'spawn_rate',
  '(',
  'comm',
  ')',
  '>',
  '=',
  '50',
  '.',
  '%',
  '/s',
  ' ',
  'for',
  '10s',
  '\u0000',
);

test('parseRule accepts any text or returns an error in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const parsed = parseRule(text);
        if (parsed.ok) expect(parseRule(formatRule(parsed.rule))).toEqual(parsed);
        else {
          expect(parsed.column).toBeGreaterThanOrEqual(0);
          expect(parsed.column).toBeLessThanOrEqual(text.length);
        }
      },
    ),
  );
});
