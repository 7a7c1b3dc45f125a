import { meantPrefix } from '../../util/closest.ts';
import type { Expression, Operator, Value } from './ast.ts';
import { FilterError, type SyntaxIssue } from './error.ts';
import { type FilterField, filterFields, findField } from './fields.ts';
import { type ComparisonStart, Lexer, quotingHint } from './lexer.ts';

/** The kind of token that can follow at the position that the parser reached, for completion. */
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

/** Parses a filter. Never throws. Values are checked later, by `compileExpression`. */
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

/** The text between two operands. A space means `and`. */
type Connective = 'and' | 'or' | 'space';

/** A recursive descent parser with one method for each grammar rule. `and` binds tighter than `or`. */
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
      throw new FilterError(`too long (at most ${maxTextLength} characters)`, maxTextLength);
    if (text.trim() === '') return { kind: 'all' };
    const expression = this.#parseDisjunction();
    if (!this.#lexer.isAtEnd) throw new FilterError('unmatched )', this.#lexer.position);
    return expression;
  }

  #parseDisjunction(): Expression {
    const alternatives = [[this.#parseOperand('start')]];
    for (let connective = this.#parseConnective(); connective; connective = this.#parseConnective()) {
      const operand = this.#parseOperand(connective);
      if (connective === 'or') alternatives.push([operand]);
      else alternatives.at(-1)?.push(operand);
    }
    return combine(
      'or',
      alternatives.map((operands) => combine('and', operands)),
    );
  }

  /** Reads the connective before the next operand. Returns undefined if there is no next operand. */
  #parseConnective(): Connective | undefined {
    const lexer = this.#lexer;
    const end = lexer.position;
    lexer.skipSpaces();
    if (lexer.position > end) this.context = { kind: 'operand', from: lexer.position, afterOperand: true };
    if (lexer.isAtEnd || lexer.nextCharacter === ')') return undefined;
    const connective = lexer.readConnective();
    if (!connective) lexer.rejectUpperConnective();
    return connective ?? 'space';
  }

  /** Parses an operand. `preceding` is the token before it. */
  #parseOperand(preceding: Connective | 'start' | '!'): Expression {
    const lexer = this.#lexer;
    lexer.skipSpaces();
    const column = lexer.position;
    this.context = { kind: 'operand', from: column, afterOperand: preceding === 'space' };
    if (lexer.isAtEnd || lexer.nextCharacter === ')') {
      const after = preceding === 'start' ? '' : ` after ${preceding}`;
      throw new FilterError(`expected a search term${after}`, column, { incomplete: lexer.isAtEnd });
    }
    if (/[&|]/.test(lexer.nextCharacter))
      throw new FilterError(`expected a search term before ${lexer.nextCharacter}`, column);
    if (lexer.skipCharacter('!'))
      return this.#parseNested(column, () => ({ kind: 'not', operand: this.#parseOperand('!') }));
    if (lexer.skipCharacter('(')) return this.#parseNested(column, () => this.#parseGroup(column));
    if (lexer.nextCharacter === '/') return this.#parseSlashedRegex();
    const quoted = lexer.readQuoted();
    if (quoted) return wordExpression(quoted);
    const isField = (name: string) => findField(name) !== undefined;
    lexer.rejectForeignWord(isField);
    const comparison = lexer.readComparisonStart(isField);
    if (comparison) return this.#parseComparison(column, comparison);
    if (/[=<>~]/.test(lexer.nextCharacter))
      throw new FilterError(
        `expected a field before ${lexer.nextCharacter}, such as comm; ${quotingHint}`,
        column,
      );
    return wordExpression(lexer.readWord());
  }

  #parseNested(column: number, inner: () => Expression): Expression {
    if (++this.#depth > maxDepth) throw new FilterError(`nested deeper than ${maxDepth} levels`, column);
    const expression = inner();
    this.#depth--;
    return expression;
  }

  #parseGroup(column: number): Expression {
    const expression = this.#parseDisjunction();
    if (!this.#lexer.skipCharacter(')'))
      throw new FilterError('missing closing )', column, { incomplete: true });
    return expression;
  }

  #parseSlashedRegex(): Expression {
    const value = this.#lexer.readSlashedRegex();
    if (value.text === '')
      throw new FilterError('expected a regular expression', value.column, {
        incomplete: this.#lexer.isAtEnd,
      });
    return { kind: 'compare', field: 'comm', operator: '=~', values: [value] };
  }

  #parseComparison(column: number, { name, operator, column: operatorColumn }: ComparisonStart): Expression {
    const field = findField(name);
    if (!field)
      throw new FilterError(
        `unknown field "${name}" (${meantPrefix(name, fieldNames)}expected ${fieldList}); ${quotingHint}`,
        column,
      );
    this.context = { kind: 'operator', from: operatorColumn, field };
    this.#lexer.rejectForeignOperator(operatorColumn, operator);
    if (!field.operators.includes(operator))
      throw new FilterError(
        `${name} does not accept ${operator} (expected ${field.operators.join(', ')})`,
        operatorColumn,
      );
    const values: Value[] = [];
    do values.push(this.#parseValue(field, operator));
    while (operator !== '=~' && this.#lexer.skipCharacter(','));
    return { kind: 'compare', field: name, operator, values };
  }

  #parseValue(field: FilterField, operator: Operator): Value {
    const lexer = this.#lexer;
    lexer.skipSpaces();
    this.context = { kind: 'value', from: lexer.position, field, operator };
    const quoted = lexer.readQuoted();
    if (quoted) return quoted;
    const value = operator === '=~' ? lexer.readRegex() : lexer.readBareValue();
    if (operator !== '=~' && /^[=!<>~]/.test(value.text))
      throw new FilterError(`unexpected ${value.text[0]}; quote a value that starts with it`, value.column);
    if (value.text !== '') return value;
    const expected = operator === '=~' ? 'a regular expression' : field.expected;
    throw new FilterError(`expected ${expected}`, value.column, { incomplete: lexer.isAtEnd });
  }
}

const fieldNames = filterFields.map(({ name }) => name);
const fieldList = fieldNames.join(', ');

const combine = (kind: 'and' | 'or', operands: readonly Expression[]): Expression =>
  operands.length === 1 ? (operands[0] as Expression) : { kind, operands };

/** Returns the expression of a bare word: the comm or the command contains it. */
const wordExpression = (value: Value): Expression => ({
  kind: 'or',
  operands: ['comm', 'cmd'].map((field) => ({
    kind: 'compare',
    field,
    operator: '~',
    values: [value],
    ofWord: true,
  })),
});
