import type { Expression, Operator, Value } from './ast.ts';
import { type Complaint, FilterError } from './error.ts';
import { type Field, fieldNamed, fields } from './fields.ts';
import { type Comparison, Scanner } from './lexer.ts';

/** What could stand where the parser was last: completion begins here. */
export type Spot =
  | { kind: 'operand'; from: number; afterOperand: boolean }
  | { kind: 'operator'; from: number; field: Field }
  | { kind: 'value'; from: number; field: Field; operator: Operator };

export type Parsed = { spot: Spot } & ({ ok: true; expression: Expression } | ({ ok: false } & Complaint));

const maxLength = 4_096;
const maxDepth = 64;

/** Read a filter. Total: any text gives an expression or a complaint. Values are not judged here, `compile` does. */
export const parse = (text: string): Parsed => {
  const parser = new Parser(text);
  try {
    return { ok: true, expression: parser.filter(), spot: parser.spot };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, column, incomplete } = error;
    return { ok: false, error: message, column, incomplete, spot: parser.spot };
  }
};

/** What stands between two operands; a space means and. */
type Joint = 'and' | 'or' | 'space';

/** One method a rule, loosest first: or, and, then a single operand. */
class Parser {
  readonly #scan: Scanner;
  #depth = 0;
  spot: Spot = { kind: 'operand', from: 0, afterOperand: false };

  constructor(text: string) {
    this.#scan = new Scanner(text);
  }

  filter(): Expression {
    const { text } = this.#scan;
    if (text.length > maxLength) throw new FilterError(`longer than ${maxLength} characters`, maxLength);
    if (text.trim() === '') return { kind: 'all' };
    const expression = this.#either();
    if (!this.#scan.done) throw new FilterError('this ) closes nothing', this.#scan.at);
    return expression;
  }

  #either(): Expression {
    const ways = [[this.#operand('begin')]];
    for (let joint = this.#joint(); joint; joint = this.#joint()) {
      const operand = this.#operand(joint);
      if (joint === 'or') ways.push([operand]);
      else ways.at(-1)?.push(operand);
    }
    return joined(
      'or',
      ways.map((parts) => joined('and', parts)),
    );
  }

  /** What joins the operand just read to the next one, if there is one. */
  #joint(): Joint | undefined {
    const scan = this.#scan;
    const end = scan.at;
    scan.skipSpaces();
    if (scan.at > end) this.spot = { kind: 'operand', from: scan.at, afterOperand: true };
    if (scan.done || scan.next === ')') return undefined;
    return scan.keyword() ?? 'space';
  }

  /** `joint`: what asked for it. */
  #operand(joint: Joint | 'begin' | '!'): Expression {
    const scan = this.#scan;
    scan.skipSpaces();
    const column = scan.at;
    this.spot = { kind: 'operand', from: column, afterOperand: joint === 'space' };
    if (scan.done || scan.next === ')') {
      const after = joint === 'begin' ? '' : ` after ${joint}`;
      throw new FilterError(`expected something to look for${after}`, column, scan.done);
    }
    if (/[&|]/.test(scan.next))
      throw new FilterError(`expected something to look for before ${scan.next}`, column);
    if (scan.skip('!')) return this.#nested(column, () => ({ kind: 'not', part: this.#operand('!') }));
    if (scan.skip('(')) return this.#nested(column, () => this.#group(column));
    if (scan.next === '/') return this.#regex();
    const quoted = scan.quoted();
    if (quoted) return commHas(quoted);
    const comparison = scan.comparison((name) => fieldNamed(name) !== undefined);
    if (comparison) return this.#comparison(column, comparison);
    if (/[=<>~]/.test(scan.next))
      throw new FilterError(`expected a field before ${scan.next}, such as comm; ${quoteIt}`, column);
    return commHas(scan.word());
  }

  #nested(column: number, inner: () => Expression): Expression {
    if (++this.#depth > maxDepth) throw new FilterError(`more than ${maxDepth} in each other`, column);
    const expression = inner();
    this.#depth--;
    return expression;
  }

  #group(column: number): Expression {
    const expression = this.#either();
    if (!this.#scan.skip(')')) throw new FilterError('this ( is not closed yet', column, true);
    return expression;
  }

  #regex(): Expression {
    const value = this.#scan.slashed();
    if (value.text === '')
      throw new FilterError('expected a regular expression', value.column, this.#scan.done);
    return { kind: 'compare', field: 'comm', operator: '=~', values: [value] };
  }

  #comparison(column: number, { name, operator, column: at }: Comparison): Expression {
    const field = fieldNamed(name);
    if (!field)
      throw new FilterError(`no field is called ${name}; there are ${fieldList}; ${quoteIt}`, column);
    this.spot = { kind: 'operator', from: at, field };
    if (!field.operators.includes(operator))
      throw new FilterError(`${name} takes ${field.operators.join(', ')}, not ${operator}`, at);
    const values: Value[] = [];
    do values.push(this.#value(field, operator));
    while (operator !== '=~' && this.#scan.skip(','));
    return { kind: 'compare', field: name, operator, values };
  }

  #value(field: Field, operator: Operator): Value {
    const scan = this.#scan;
    scan.skipSpaces();
    this.spot = { kind: 'value', from: scan.at, field, operator };
    const quoted = scan.quoted();
    if (quoted) return quoted;
    const value = operator === '=~' ? scan.expression() : scan.bare();
    if (value.text !== '') return value;
    const expected = operator === '=~' ? 'a regular expression' : field.expects;
    throw new FilterError(`expected ${expected}`, value.column, scan.done);
  }
}

const quoteIt = 'put it in quotes to look for the text';
const fieldList = fields.map(({ name }) => name).join(', ');

const joined = (kind: 'and' | 'or', parts: readonly Expression[]): Expression =>
  parts.length === 1 ? (parts[0] as Expression) : { kind, parts };

/** A bare word is a comparison, too. */
const commHas = (value: Value): Expression => ({
  kind: 'compare',
  field: 'comm',
  operator: '~',
  values: [value],
});
