import type { Operator, Value } from './ast.ts';
import { FilterError } from './error.ts';

const spaces = /\s*/y;
/** Whatever is no bracket and no sign for and, or. */
const word = /[^\s()&|]+/y;
const value = /[^\s,()&|]*/y;
const comparison = /([A-Za-z_]+)(\s*)(=~|!=|<=|>=|=|<|>|~)/y;
const keyword = /(and|or)(?![^\s()&|])|&&?|\|\|?/y;
// A quote within quotes is written twice: a backslash has its own meaning in regular expressions.
const quotedText = /"((?:[^"]|"")*)"|'((?:[^']|'')*)'/y;
// Escapes and classes are passed over whole: a slash or bracket in them ends nothing.
const unit = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/y;
const afterRegex = /[\s)&|]|$/y;

export type Comparison = { name: string; operator: Operator; column: number };

/** The text and the place in it: reads the pieces of which filters are made. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  get next(): string {
    return this.text[this.at] ?? '';
  }

  skipSpaces(): void {
    this.#take(spaces);
  }

  /** Step over the character, if it is the next. */
  skip(character: string): boolean {
    if (this.next !== character) return false;
    this.at++;
    return true;
  }

  keyword(): 'and' | 'or' | undefined {
    const found = this.#take(keyword)?.[0];
    if (found === undefined) return undefined;
    return found === 'or' || found.startsWith('|') ? 'or' : 'and';
  }

  /** A name and an operator; the scanner stands behind both, or where it stood. */
  comparison(isField: (name: string) => boolean): Comparison | undefined {
    const from = this.at;
    const [all, name, space, operator] = this.#take(comparison) ?? [];
    if (all === undefined || name === undefined || operator === undefined) return undefined;
    // `a = b` may be three words, `a=b` means a field.
    if (space !== '' && !isField(name)) {
      this.at = from;
      return undefined;
    }
    return { name, operator: operator as Operator, column: this.at - operator.length };
  }

  word(): Value {
    return this.#value(word);
  }

  /** Up to a space, comma or bracket. */
  bare(): Value {
    return this.#value(value);
  }

  /** `"two words"` or `'two words'`. */
  quoted(): Value | undefined {
    const from = this.at;
    const quote = this.next;
    if (quote !== '"' && quote !== "'") return undefined;
    const found = this.#take(quotedText);
    if (!found) throw new FilterError(`this ${quote} is not closed yet`, from, true);
    const inner = found[1] ?? found[2] ?? '';
    return { text: inner.replaceAll(quote + quote, quote), column: from + 1, end: this.at };
  }

  /**
   * `/expression/`. The slash that closes it stands before a space, a bracket or the end; one that is not closed is
   * still being typed and counts all the same.
   */
  slashed(): Value {
    const column = ++this.at;
    while (!this.done) {
      const end = this.at;
      const [piece] = this.#take(unit) as RegExpExecArray;
      if (piece === '/' && this.#at(afterRegex))
        return { text: this.text.slice(column, end), column, end: this.at };
    }
    return { text: this.text.slice(column), column, end: this.at };
  }

  /** An expression behind `=~`: up to a space, or the bracket that closes what was open before it. */
  expression(): Value {
    const column = this.at;
    let depth = 0;
    while (!this.done) {
      const from = this.at;
      const [piece] = this.#take(unit) as RegExpExecArray;
      if (piece === '(') depth++;
      if (/^\s$/.test(piece) || (piece === ')' && --depth < 0)) {
        this.at = from;
        break;
      }
    }
    return { text: this.text.slice(column, this.at), column, end: this.at };
  }

  #value(kind: RegExp): Value {
    const column = this.at;
    const text = this.#take(kind)?.[0] ?? '';
    return { text, column, end: this.at };
  }

  #take(kind: RegExp): RegExpExecArray | null {
    kind.lastIndex = this.at;
    const found = kind.exec(this.text);
    if (found) this.at = kind.lastIndex;
    return found;
  }

  #at(kind: RegExp): boolean {
    kind.lastIndex = this.at;
    return kind.test(this.text);
  }
}
