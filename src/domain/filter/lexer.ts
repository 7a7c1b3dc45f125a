import type { Operator, Value } from './ast.ts';
import { FilterError } from './error.ts';

const spacesPattern = /\s*/y;
/** Whatever is no bracket and no sign for and, or. */
const wordPattern = /[^\s()&|]+/y;
const valuePattern = /[^\s,()&|]*/y;
const comparisonPattern = /([A-Za-z_]+)(\s*)(=~|!=|<=|>=|=|<|>|~)/y;
const connectivePattern = /(and|or)(?![^\s()&|])|&&?|\|\|?/y;
// A quote within quotes is written twice: a backslash has its own meaning in regular expressions.
const quotedPattern = /"((?:[^"]|"")*)"|'((?:[^']|'')*)'/y;
// Escapes and classes are passed over whole: a slash or bracket in them ends nothing.
const regexUnitPattern = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/y;
const regexEndPattern = /[\s)&|]|$/y;

export type ComparisonStart = { name: string; operator: Operator; column: number };

/** The text and the place in it: reads the pieces of which filters are made. */
export class Lexer {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  get nextCharacter(): string {
    return this.text[this.position] ?? '';
  }

  skipSpaces(): void {
    this.#match(spacesPattern);
  }

  /** Step over the character, if it is the next. */
  skipCharacter(character: string): boolean {
    if (this.nextCharacter !== character) return false;
    this.position++;
    return true;
  }

  readConnective(): 'and' | 'or' | undefined {
    const found = this.#match(connectivePattern)?.[0];
    if (found === undefined) return undefined;
    return found === 'or' || found.startsWith('|') ? 'or' : 'and';
  }

  /** A name and an operator; the scanner stands behind both, or where it stood. */
  readComparisonStart(isField: (name: string) => boolean): ComparisonStart | undefined {
    const from = this.position;
    const [all, name, space, operator] = this.#match(comparisonPattern) ?? [];
    if (all === undefined || name === undefined || operator === undefined) return undefined;
    // `a = b` may be three words, `a=b` means a field.
    if (space !== '' && !isField(name)) {
      this.position = from;
      return undefined;
    }
    return { name, operator: operator as Operator, column: this.position - operator.length };
  }

  readWord(): Value {
    return this.#readValue(wordPattern);
  }

  /** Up to a space, comma or bracket. */
  readBareValue(): Value {
    return this.#readValue(valuePattern);
  }

  /** `"two words"` or `'two words'`. */
  readQuoted(): Value | undefined {
    const from = this.position;
    const quote = this.nextCharacter;
    if (quote !== '"' && quote !== "'") return undefined;
    const found = this.#match(quotedPattern);
    if (!found) throw new FilterError(`this ${quote} is not closed yet`, from, true);
    const inner = found[1] ?? found[2] ?? '';
    return { text: inner.replaceAll(quote + quote, quote), column: from + 1, end: this.position };
  }

  /**
   * `/expression/`. The slash that closes it stands before a space, a bracket or the end; one that is not closed is
   * still being typed and counts all the same.
   */
  readSlashedRegex(): Value {
    const column = ++this.position;
    while (!this.isAtEnd) {
      const end = this.position;
      const [piece] = this.#match(regexUnitPattern) as RegExpExecArray;
      if (piece === '/' && this.#isAt(regexEndPattern))
        return { text: this.text.slice(column, end), column, end: this.position };
    }
    return { text: this.text.slice(column), column, end: this.position };
  }

  /** An expression behind `=~`: up to a space, or the bracket that closes what was open before it. */
  readRegex(): Value {
    const column = this.position;
    let depth = 0;
    while (!this.isAtEnd) {
      const from = this.position;
      const [piece] = this.#match(regexUnitPattern) as RegExpExecArray;
      if (piece === '(') depth++;
      if (/^\s$/.test(piece) || (piece === ')' && --depth < 0)) {
        this.position = from;
        break;
      }
    }
    return { text: this.text.slice(column, this.position), column, end: this.position };
  }

  #readValue(kind: RegExp): Value {
    const column = this.position;
    const text = this.#match(kind)?.[0] ?? '';
    return { text, column, end: this.position };
  }

  #match(kind: RegExp): RegExpExecArray | null {
    kind.lastIndex = this.position;
    const found = kind.exec(this.text);
    if (found) this.position = kind.lastIndex;
    return found;
  }

  #isAt(kind: RegExp): boolean {
    kind.lastIndex = this.position;
    return kind.test(this.text);
  }
}
