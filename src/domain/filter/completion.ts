import type { Operator } from './ast.ts';
import { fields, operatorHelp } from './fields.ts';
import { parse, type Spot } from './parser.ts';

export type Option = { text: string; help: string };

/** What could stand at the cursor, in place of what is typed of it from `from` on. */
export type Completion = { from: number; options: readonly Option[] };

/** A name, or the operator begun behind it. */
const begun = /^([a-z_]*)\s*([=!<>~]*)$/;

/** Names of fields, operators, words and values that continue `text` at the cursor; drawn from the table of fields. */
export const complete = (text: string, cursor = text.length): Completion => {
  const typed = text.slice(0, cursor);
  const { spot } = parse(typed);
  const rest = typed.slice(spot.from);
  return suggest[spot.kind](spot as never, rest);
};

const none = (from: number): Completion => ({ from, options: [] });

const startingWith = (typed: string, options: readonly Option[]): readonly Option[] =>
  options.filter(({ text }) => text.startsWith(typed) && text !== typed);

const names: readonly Option[] = fields.map(({ name, help }) => ({ text: name, help }));
const joints: readonly Option[] = [
  { text: 'and', help: 'both' },
  { text: 'or', help: 'either' },
];

const operatorsOf = (operators: readonly Operator[], typed: string): readonly Option[] =>
  startingWith(
    typed,
    operators.map((operator) => ({ text: operator, help: operatorHelp[operator] })),
  );

const suggest: { [K in Spot['kind']]: (spot: Spot & { kind: K }, rest: string) => Completion } = {
  operand: ({ from, afterOperand }, rest) => {
    const [, name, operator = ''] = begun.exec(rest) ?? [];
    if (name === undefined) return none(from + rest.length);
    const field = fields.find((field) => field.name === name);
    if (field) {
      const at = from + rest.length - operator.length;
      return { from: at, options: operatorsOf(field.operators, operator) };
    }
    return {
      from,
      options: operator ? [] : startingWith(name, afterOperand ? [...names, ...joints] : names),
    };
  },
  operator: ({ from, field }, rest) => ({ from, options: operatorsOf(field.operators, rest) }),
  value: ({ from, field }, rest) => {
    if (/[\s"']/.test(rest)) return none(from + rest.length);
    const options = field.suggest(rest).filter((value) => value !== rest);
    return { from, options: options.map((text) => ({ text, help: field.name })) };
  },
};
