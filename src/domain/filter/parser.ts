import type { Expression, Operator, Value } from './ast.ts';
import { FilterError, type SyntaxIssue } from './error.ts';
import { type FilterField, filterFields, findField } from './fields.ts';
import { type ComparisonStart, Lexer } from './lexer.ts';

/** What could stand where the parser was last: completion begins here. */
export type CompletionContext =
  | { kind: 'operand'; from: number; afterOperand: boolean }
  | { kind: 'operator'; from: number; field: FilterField }
  | { kind: 'value'; from: number; field: FilterField; operator: Operator };

export type ParsedExpression = { context: CompletionContext } & (
  | { ok: true; expression: Expression }
  | ({ ok: false } & SyntaxIssue)
);

const maxTextLength = 4_096;
const maxDepth = 64;

/** Read a filter. Total: any text gives an expression or a complaint. Values are not judged here, `compile` does. */
export const parseExpression = (text: string): ParsedExpression => {
  const parser = new Parser(text);
  try {
    return { ok: true, expression: parser.parseFilter(), context: parser.context };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, column, incomplete } = error;
    return { ok: false, error: message, column, incomplete, context: parser.context };
  }
};

/** What stands between two operands; a space means and. */
type Connective = 'and' | 'or' | 'space';

/** One method a rule, loosest first: or, and, then a single operand. */
class Parser {
  readonly #lexer: Lexer;
  #depth = 0;
  context: CompletionContext = { kind: 'operand', from: 0, afterOperand: false };

  constructor(text: string) {
    this.#lexer = new Lexer(text);
  }

  parseFilter(): Expression {
    const { text } = this.#lexer;
    if (text.length > maxTextLength)
      throw new FilterError(`longer than ${maxTextLength} characters`, maxTextLength);
    if (text.trim() === '') return { kind: 'all' };
    const expression = this.#parseDisjunction();
    if (!this.#lexer.isAtEnd) throw new FilterError('this ) closes nothing', this.#lexer.position);
    return expression;
  }

  #parseDisjunction(): Expression {
    const ways = [[this.#parseOperand('begin')]];
    for (let joint = this.#parseConnective(); joint; joint = this.#parseConnective()) {
      const operand = this.#parseOperand(joint);
      if (joint === 'or') ways.push([operand]);
      else ways.at(-1)?.push(operand);
    }
    return combine(
      'or',
      ways.map((parts) => combine('and', parts)),
    );
  }

  /** What joins the operand just read to the next one, if there is one. */
  #parseConnective(): Connective | undefined {
    const scan = this.#lexer;
    const end = scan.position;
    scan.skipSpaces();
    if (scan.position > end) this.context = { kind: 'operand', from: scan.position, afterOperand: true };
    if (scan.isAtEnd || scan.nextCharacter === ')') return undefined;
    return scan.readConnective() ?? 'space';
  }

  /** `joint`: what asked for it. */
  #parseOperand(joint: Connective | 'begin' | '!'): Expression {
    const scan = this.#lexer;
    scan.skipSpaces();
    const column = scan.position;
    this.context = { kind: 'operand', from: column, afterOperand: joint === 'space' };
    if (scan.isAtEnd || scan.nextCharacter === ')') {
      const after = joint === 'begin' ? '' : ` after ${joint}`;
      throw new FilterError(`expected something to look for${after}`, column, scan.isAtEnd);
    }
    if (/[&|]/.test(scan.nextCharacter))
      throw new FilterError(`expected something to look for before ${scan.nextCharacter}`, column);
    if (scan.skipCharacter('!'))
      return this.#parseNested(column, () => ({ kind: 'not', operand: this.#parseOperand('!') }));
    if (scan.skipCharacter('(')) return this.#parseNested(column, () => this.#parseGroup(column));
    if (scan.nextCharacter === '/') return this.#parseSlashedRegex();
    const quoted = scan.readQuoted();
    if (quoted) return commContains(quoted);
    const comparison = scan.readComparisonStart((name) => findField(name) !== undefined);
    if (comparison) return this.#parseComparison(column, comparison);
    if (/[=<>~]/.test(scan.nextCharacter))
      throw new FilterError(
        `expected a field before ${scan.nextCharacter}, such as comm; ${quotingHint}`,
        column,
      );
    return commContains(scan.readWord());
  }

  #parseNested(column: number, inner: () => Expression): Expression {
    if (++this.#depth > maxDepth) throw new FilterError(`more than ${maxDepth} in each other`, column);
    const expression = inner();
    this.#depth--;
    return expression;
  }

  #parseGroup(column: number): Expression {
    const expression = this.#parseDisjunction();
    if (!this.#lexer.skipCharacter(')')) throw new FilterError('this ( is not closed yet', column, true);
    return expression;
  }

  #parseSlashedRegex(): Expression {
    const value = this.#lexer.readSlashedRegex();
    if (value.text === '')
      throw new FilterError('expected a regular expression', value.column, this.#lexer.isAtEnd);
    return { kind: 'compare', field: 'comm', operator: '=~', values: [value] };
  }

  #parseComparison(column: number, { name, operator, column: at }: ComparisonStart): Expression {
    const field = findField(name);
    if (!field)
      throw new FilterError(`no field is called ${name}; there are ${fieldList}; ${quotingHint}`, column);
    this.context = { kind: 'operator', from: at, field };
    if (!field.operators.includes(operator))
      throw new FilterError(`${name} takes ${field.operators.join(', ')}, not ${operator}`, at);
    const values: Value[] = [];
    do values.push(this.#parseValue(field, operator));
    while (operator !== '=~' && this.#lexer.skipCharacter(','));
    return { kind: 'compare', field: name, operator, values };
  }

  #parseValue(field: FilterField, operator: Operator): Value {
    const scan = this.#lexer;
    scan.skipSpaces();
    this.context = { kind: 'value', from: scan.position, field, operator };
    const quoted = scan.readQuoted();
    if (quoted) return quoted;
    const value = operator === '=~' ? scan.readRegex() : scan.readBareValue();
    if (value.text !== '') return value;
    const expected = operator === '=~' ? 'a regular expression' : field.expected;
    throw new FilterError(`expected ${expected}`, value.column, scan.isAtEnd);
  }
}

const quotingHint = 'put it in quotes to look for the text';
const fieldList = filterFields.map(({ name }) => name).join(', ');

const combine = (kind: 'and' | 'or', operands: readonly Expression[]): Expression =>
  operands.length === 1 ? (operands[0] as Expression) : { kind, operands };

/** A bare word is a comparison, too. */
const commContains = (value: Value): Expression => ({
  kind: 'compare',
  field: 'comm',
  operator: '~',
  values: [value],
});
