import type { Operator, Value } from './ast.ts';
import { FilterError } from './error.ts';

const spacesPattern = /\s*/y;
/** A run of characters other than spaces, parentheses, & and |. */
const wordPattern = /[^\s()&|]+/y;
const valuePattern = /[^\s,()&|]*/y;
const comparisonPattern = /([A-Za-z_]+)(\s*)(=~|!=|<=|>=|=|<|>|~)/y;
/** Operators of other languages, each with the operator of this language that it stands for. */
const foreignOperators: Readonly<Record<string, Operator>> = {
  '==': '=',
  '===': '=',
  '~=': '=~',
  '~~': '~',
  '=>': '>=',
  '=<': '<=',
  '<>': '!=',
  '=!': '!=',
  '!==': '!=',
};
const operatorRunPattern = /[=!<>~]+/y;
/** `not` before a comparison, a parenthesis or another negation. */
const foreignNotPattern = /not\s+(?=[a-z_]+\s*[=!<>~]|[(!])/iy;
/** A field before `:` or `!~`. */
const foreignFieldPattern = /([a-z_]+)(\s*)(:|!~)(?=\s*[^\s:])/y;
/** A field before a word that is an operator in another language. */
const foreignOperatorWordPattern =
  /([a-z_]+)(\s+)(in|is|eq|ne|equals|like|contains|matches|startswith|endswith)(?=\s*\(|\s+[^\s)&|])/iy;
const operatorWords: Readonly<Record<string, Operator>> = {
  in: '=',
  is: '=',
  eq: '=',
  equals: '=',
  ne: '!=',
  like: '~',
  contains: '~',
  matches: '=~',
  startswith: '=~',
  endswith: '=~',
};
/** Characters of other languages and of typographic keyboards in a word or value, and what to write instead. */
const foreignCharacters: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/[*]/, '~ to search for a part, or =~'],
  [/^\^|\$$/, '=~'],
  [/;(?=$|[a-z]+[=~<>!])/, 'and'],
  [/[“”„«»]/, '"'],
  [/[‘’]/, "'"],
  [/[≠≤≥≈]/, '!=, <=, >= or ~'],
];
const upperConnectivePattern = /(?:AND|OR)(?![^\s()&|])/y;
const connectivePattern = /(and|or)(?![^\s()&|])|&&?|\|\|?/y;
// A quote inside quotes is doubled, because a backslash is an escape character of regular expressions.
const quotedPattern = /"((?:[^"]|"")*)"|'((?:[^']|'')*)'/y;
// An escape or class is one unit: a slash or parenthesis inside it does not end the expression.
const regexUnitPattern = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/y;
const regexEndPattern = /[\s)&|]|$/y;

export const quotingHint = 'quote it to search for the text';
const quoteValueHint = 'quote a value that starts with it';

const matchAt = (pattern: RegExp, text: string, position: number): RegExpExecArray | null => {
  pattern.lastIndex = position;
  return pattern.exec(text);
};

const rejectForeignCharacter = (value: Value): Value => {
  for (const [pattern, hint] of foreignCharacters) {
    const found = pattern.exec(value.text);
    if (!found) continue;
    const text = `unexpected ${found[0]} (did you mean ${hint}?); quote a text with it`;
    throw new FilterError(text, value.column + found.index);
  }
  return value;
};

/** A field name and an operator. `column` is the position of the operator. */
export type ComparisonStart = { name: string; operator: Operator; column: number };

/** Reads the tokens of a filter from left to right. */
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
    this.#consume(spacesPattern);
  }

  /** If the next character is `character`, skips it and returns true. */
  skipCharacter(character: string): boolean {
    if (this.nextCharacter !== character) return false;
    this.position++;
    return true;
  }

  readConnective(): 'and' | 'or' | undefined {
    const found = this.#consume(connectivePattern)?.[0];
    if (found === undefined) return undefined;
    return found === 'or' || found.startsWith('|') ? 'or' : 'and';
  }

  /** Reads a field name and an operator. If there are none, returns undefined and does not move. */
  readComparisonStart(isField: (name: string) => boolean): ComparisonStart | undefined {
    const from = this.position;
    const [matched, name, space, operator] = this.#consume(comparisonPattern) ?? [];
    if (matched === undefined || name === undefined || operator === undefined) return undefined;
    // `a = b` is three words unless `a` is a field. `a=b` is always a comparison.
    if (space !== '' && !isField(name)) {
      this.position = from;
      return undefined;
    }
    return { name, operator: operator as Operator, column: this.position - operator.length };
  }

  /** Throws if the operator at `column` is part of a longer run of operator characters, such as `==`. */
  rejectForeignOperator(column: number, operator: Operator): void {
    const run = matchAt(operatorRunPattern, this.text, column)?.[0] ?? operator;
    // The expression after `=~` can start with any character.
    if (run === operator || operator === '=~') return;
    const meant = foreignOperators[run];
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    throw new FilterError(`unknown operator ${run}${hint}; ${quoteValueHint}`, column);
  }

  /** Throws if a word of another language for `!` or for an operator is at the position. */
  rejectForeignWord(isField: (name: string) => boolean): void {
    if (matchAt(foreignNotPattern, this.text, this.position))
      throw new FilterError(`unknown word not (did you mean !?); ${quotingHint}`, this.position);
    const [, fieldName = '', gap = '', word = ''] =
      matchAt(foreignOperatorWordPattern, this.text, this.position) ?? [];
    if (isField(fieldName.toLowerCase())) {
      const hint = ` (did you mean ${fieldName.toLowerCase()}${operatorWords[word.toLowerCase()]}?)`;
      const at = this.position + fieldName.length + gap.length;
      throw new FilterError(`unknown operator ${word}${hint}; ${quotingHint}`, at);
    }
    const [, name = '', space = '', found = ''] =
      matchAt(foreignFieldPattern, this.text, this.position) ?? [];
    if (!isField(name)) return;
    const meant = found === ':' ? `${name}=` : `!${name}~`;
    const column = this.position + name.length + space.length;
    throw new FilterError(`unknown operator ${found} (did you mean ${meant}?); ${quotingHint}`, column);
  }

  /** Throws if a connective in upper case is at the position. */
  rejectUpperConnective(): void {
    const found = matchAt(upperConnectivePattern, this.text, this.position)?.[0];
    if (found === undefined) return;
    const text = `unknown word ${found} (did you mean ${found.toLowerCase()}?)`;
    throw new FilterError(`${text}; ${quotingHint}`, this.position);
  }

  /** @throws FilterError if the word has a character that is likely a mistake */
  readWord(): Value {
    return rejectForeignCharacter(this.#readValue(wordPattern));
  }

  /**
   * Reads up to a space, comma, parenthesis, & or |.
   * @throws FilterError if the value has a character that is likely a mistake
   */
  readBareValue(): Value {
    return rejectForeignCharacter(this.#readValue(valuePattern));
  }

  /** Reads `"two words"` or `'two words'`. Returns undefined if the next character is not a quote. */
  readQuoted(): Value | undefined {
    const from = this.position;
    const quote = this.nextCharacter;
    if (quote !== '"' && quote !== "'") return undefined;
    const found = this.#consume(quotedPattern);
    if (!found) throw new FilterError(`missing closing ${quote}`, from, { incomplete: true });
    const inner = found[1] ?? found[2] ?? '';
    return { text: inner.replaceAll(quote + quote, quote), column: from + 1, end: this.position };
  }

  /**
   * Reads `/expression/`. The closing slash is the first one followed by a space, a closing parenthesis, & or |, or the
   * end of the text. If there is none, the expression runs to the end of the text, so that the filter works while it is
   * being typed.
   */
  readSlashedRegex(): Value {
    const column = ++this.position;
    while (!this.isAtEnd) {
      const end = this.position;
      const [unit] = this.#consume(regexUnitPattern) as RegExpExecArray;
      if (unit === '/' && this.#looksAt(regexEndPattern))
        return { text: this.text.slice(column, end), column, end: this.position };
    }
    return { text: this.text.slice(column), column, end: this.position };
  }

  /** Reads an expression after `=~`: up to a space or an unmatched closing parenthesis. */
  readRegex(): Value {
    const column = this.position;
    let depth = 0;
    while (!this.isAtEnd) {
      const from = this.position;
      const [unit] = this.#consume(regexUnitPattern) as RegExpExecArray;
      if (unit === '(') depth++;
      if (/^\s$/.test(unit) || (unit === ')' && --depth < 0)) {
        this.position = from;
        break;
      }
    }
    return { text: this.text.slice(column, this.position), column, end: this.position };
  }

  #readValue(pattern: RegExp): Value {
    const column = this.position;
    const text = this.#consume(pattern)?.[0] ?? '';
    return { text, column, end: this.position };
  }

  #consume(pattern: RegExp): RegExpExecArray | null {
    const found = matchAt(pattern, this.text, this.position);
    if (found) this.position = pattern.lastIndex;
    return found;
  }

  #looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    return pattern.test(this.text);
  }
}
