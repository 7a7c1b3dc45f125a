import { type Operator, quote } from './ast.ts';
import { filterFields, operatorHelp } from './fields.ts';
import { type CompletionContext, parseExpression } from './parser.ts';

export type CompletionOption = { text: string; help: string };

/** The completions at a cursor. Each option replaces the text from `from` to the cursor. */
export type Completion = { from: number; options: readonly CompletionOption[] };

/** A field name and the operator after it, which may be incomplete or missing. */
const fieldAndOperator = /^([a-z_]*)\s*([=!<>~]*)$/;

/** Values that the source knows, by field name: `host` with the names of the guests. */
export type KnownValues = Readonly<Partial<Record<string, readonly string[]>>>;

/** Returns the field names, operators, words and values that can continue `text` at `cursor`. */
export const complete = (text: string, cursor = text.length, known: KnownValues = {}): Completion => {
  const typed = text.slice(0, cursor);
  const { context } = parseExpression(typed);
  const rest = typed.slice(context.from);
  return completers[context.kind](context as never, rest, known);
};

const noOptions = (from: number): Completion => ({ from, options: [] });

const startingWith = (typed: string, options: readonly CompletionOption[]): readonly CompletionOption[] =>
  options.filter(({ text }) => text.startsWith(typed) && text !== typed);

const fieldOptions: readonly CompletionOption[] = filterFields.map(({ name, help }) => ({
  text: name,
  help,
}));
const connectiveOptions: readonly CompletionOption[] = [
  { text: 'and', help: 'both' },
  { text: 'or', help: 'either' },
];

const operatorOptions = (operators: readonly Operator[], typed: string): readonly CompletionOption[] =>
  startingWith(
    typed,
    operators.map((operator) => ({ text: operator, help: operatorHelp[operator] })),
  );

/** Maximum number of values among the options. */
const maxValueOptions = 100;

const completers: {
  [K in CompletionContext['kind']]: (
    context: CompletionContext & { kind: K },
    rest: string,
    known: KnownValues,
  ) => Completion;
} = {
  operand: ({ from, afterOperand }, rest) => {
    const [, name, operator = ''] = fieldAndOperator.exec(rest) ?? [];
    if (name === undefined) return noOptions(from + rest.length);
    const field = filterFields.find((field) => field.name === name);
    if (field) {
      const operatorFrom = from + rest.length - operator.length;
      return { from: operatorFrom, options: operatorOptions(field.operators, operator) };
    }
    if (operator) return noOptions(from);
    const options = afterOperand ? [...fieldOptions, ...connectiveOptions] : fieldOptions;
    return { from, options: startingWith(name, options) };
  },
  operator: ({ from, field }, rest) => ({ from, options: operatorOptions(field.operators, rest) }),
  value: ({ from, field }, rest, known) => {
    if (/[\s"']/.test(rest)) return noOptions(from + rest.length);
    const values = known[field.name]?.filter((value) => value.startsWith(rest)).map(quote);
    const options = (values ?? field.suggest(rest)).filter((value) => value !== rest);
    return { from, options: options.slice(0, maxValueOptions).map((text) => ({ text, help: field.name })) };
  },
};
