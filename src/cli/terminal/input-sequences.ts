import type { Size } from '../../store/actions/geometry.ts';
import { type Control, c1At, characterLength, expectedLength, firstUtf8Lead } from './input-bytes.ts';

/** A button or wheel report. `button` is 0 for the left button, 64 and 65 for the wheel, more with modifiers. */
export type MouseReport = { button: number; column: number; row: number; released: boolean };

/**
 * A part of the input of a terminal. `end` is where it ends. Input is text with one character per byte.
 * - `keys`: text and keys, to pass on
 * - `escape`: the Escape key
 * - `paste`: the start of a bracketed paste
 * - `reply`: an answer of the terminal, to drop
 * - `torn`: the input ends within a part. `isKey`: whether it may be a key, as Esc or Alt-[. `kept` precedes the next input.
 */
export type InputPart =
  | { type: 'keys'; end: number; text: string; isSequence: boolean }
  | { type: 'escape'; end: number }
  | { type: 'mouse'; end: number; report: MouseReport }
  | { type: 'paste'; end: number }
  | { type: 'reply'; end: number }
  | { type: 'torn'; isKey: boolean; kept: string };

const escapeByte = 0x1b;

/** Reads the part of the input that starts at an index. @param size of the terminal, which limits mouse positions */
export const readInputPart = (input: string, at: number, size: Size): InputPart => {
  if (input.charCodeAt(at) !== escapeByte) {
    const control = c1At(input, at);
    return control ? readControl(input, at, control, size) : readText(input, at);
  }
  if (at + 1 === input.length) return { type: 'torn', isKey: true, kept: '\x1b' };
  if (input.charCodeAt(at + 1) === escapeByte) return { type: 'escape', end: at + 1 };
  return readControl(input, at, { letter: input[at + 1] as string, end: at + 2 }, size);
};

const readText = (input: string, at: number): InputPart => {
  let end = at;
  while (end < input.length && input.charCodeAt(end) !== escapeByte && !c1At(input, end)) {
    const length = characterLength(input, end);
    if (length === undefined) break;
    end += length;
  }
  if (end === at) return { type: 'torn', isKey: false, kept: input.slice(at) };
  return { type: 'keys', end, text: input.slice(at, end), isSequence: false };
};

const stringLetters = 'PX]^_';

const readControl = (input: string, at: number, control: Control, size: Size): InputPart => {
  const { letter, end } = control;
  if (letter === '[') return readCsi(input, at, end, size);
  if (letter === 'O') return readSs3(input, at, end);
  if (stringLetters.includes(letter)) return readString(input, at, control);
  // A key with Alt.
  const length = characterLength(input, end - 1);
  if (length === undefined) return { type: 'torn', isKey: false, kept: input.slice(at) };
  return keysOf(input, at, end - 1 + length);
};

/** Maximum number of parameter bytes that are kept of a torn sequence. Keys and mouse reports are shorter. */
const maxParameters = 64;
const sequencePattern = /([0-?]*)([ -/]*)([@-~])?/y;
/** Shifted editing keys of rxvt: `ESC [ 2 $`. */
const rxvtKey = /[235678]\$(?!y)/y;
/** Function keys of the Linux console: `ESC [ [ A`. */
const consoleKey = /\[(.)?/sy;

const matchAt = (pattern: RegExp, input: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(input);
};

const sequence = (input: string, from: number, end: number, introducer: string): InputPart => ({
  type: 'keys',
  end,
  // Ink recognizes 7-bit sequences only.
  text: `\x1b${introducer}${input.slice(from, end)}`,
  isSequence: true,
});

/** Returns the part for an introducer at the end of the input. After Esc, it may be a key with Alt. */
const tornStart = (input: string, at: number): InputPart => ({
  type: 'torn',
  isKey: input.charCodeAt(at) === escapeByte,
  kept: input.slice(at),
});

const tornSequence = (letter: string, parameters: string): InputPart => ({
  type: 'torn',
  isKey: false,
  kept: `\x1b${letter}${parameters.slice(0, maxParameters)}`,
});

const readCsi = (input: string, at: number, from: number, size: Size): InputPart => {
  const tornKey = tornStart(input, at);
  if (from === input.length) return tornKey;
  if (input[from] === 'M') return readX10Mouse(input, at, from + 1, size);
  const onConsole = matchAt(consoleKey, input, from);
  if (onConsole)
    return onConsole[1] === undefined ? tornKey : sequence(input, from, from + onConsole[0].length, '[');
  const rxvt = matchAt(rxvtKey, input, from);
  if (rxvt) return sequence(input, from, from + rxvt[0].length, '[');

  const [all, parameters, intermediates, final] = matchAt(sequencePattern, input, from) as unknown as [
    string,
    string,
    string,
    string | undefined,
  ];
  const end = from + all.length;
  if (final === undefined) {
    if (all === '') return keysOf(input, at, from);
    // Another character ends the sequence, which is dropped.
    return end === input.length ? tornSequence('[', all) : { type: 'reply', end };
  }
  if (final === '~' && parameters === '200') return { type: 'paste', end };
  const report = final === 'M' || final === 'm' ? mouseReport(parameters, final) : undefined;
  if (report) return { type: 'mouse', end, report };
  return isReply(parameters, intermediates, final) ? { type: 'reply', end } : sequence(input, from, end, '[');
};

/** Returns a key with Alt. A terminal sends no C1 control for a key. */
const keysOf = (input: string, at: number, end: number): InputPart =>
  input.charCodeAt(at) === escapeByte
    ? { type: 'keys', end, text: input.slice(at, end), isSequence: false }
    : { type: 'reply', end };

/**
 * Returns whether a complete sequence is an answer of the terminal: it has private parameters, intermediate bytes or one of
 * these final bytes.
 */
const isReply = (parameters: string, intermediates: string, final: string): boolean => {
  if (intermediates !== '' || /^[<=>?]/.test(parameters)) return true;
  if (final === 'R') return parameters.includes(';');
  if (final === '~') return parameters === '201';
  return parameters === '' ? 'IO'.includes(final) : 'cnqtwxyMmIO'.includes(final);
};

/** SGR (mode 1006, `<` and the button) and urxvt (mode 1015, the button plus 32) have decimal numbers. */
const mouseReport = (parameters: string, final: 'M' | 'm'): MouseReport | undefined => {
  const [, sgr, ...numbers] = /^(<?)(\d+);(\d+);(\d+)$/.exec(parameters) ?? [];
  const [code = 0, column = 0, row = 0] = numbers.map(Number);
  if (numbers.length === 0) return undefined;
  const button = sgr === '<' ? code : code - buttonOffset;
  return { button, column: column - 1, row: row - 1, released: final === 'm' };
};

const buttonOffset = 32;
/** X10 reports count cells from 1, plus 32. */
const cellOffset = 33;
/** Positions up to 95 are ASCII characters. */
const lastAscii = 0x7f;

/**
 * Reads the three numbers of a report in mode 1000, each one byte, or one UTF-8 character in mode 1005. Two bytes that
 * form one character can also be a column beyond 161 and a row beyond 95, but only on a terminal of that size.
 */
const readX10Mouse = (input: string, at: number, from: number, { columns, rows }: Size): InputPart => {
  const mayBeBytes = columns > firstUtf8Lead - cellOffset && rows > lastAscii + 1 - cellOffset;
  const numbers: number[] = [];
  let index = from;
  while (numbers.length < 3) {
    if (index >= input.length) return { type: 'torn', isKey: false, kept: input.slice(at) };
    const code = input.charCodeAt(index);
    const isColumn = numbers.length === 1;
    const length =
      expectedLength(code) === 2 && !(isColumn && mayBeBytes) ? characterLength(input, index) : 1;
    if (length === undefined) return { type: 'torn', isKey: false, kept: input.slice(at) };
    numbers.push(length === 2 ? ((code & 0x1f) << 6) | (input.charCodeAt(index + 1) & 0x3f) : code);
    index += length;
  }
  const [button = 0, column = 0, row = 0] = numbers;
  return {
    type: 'mouse',
    end: index,
    report: {
      button: button - buttonOffset,
      column: column - cellOffset,
      row: row - cellOffset,
      released: false,
    },
  };
};

const ss3Pattern = /([\d;]*)([@-~])?/y;

const readSs3 = (input: string, at: number, from: number): InputPart => {
  if (from === input.length) return tornStart(input, at);
  const [all, parameters, final] = matchAt(ss3Pattern, input, from) as unknown as [string, string, string?];
  const end = from + all.length;
  if (final !== undefined) return sequence(input, from, end, 'O');
  if (parameters === '') return keysOf(input, at, from);
  return end === input.length ? tornSequence('O', all) : { type: 'reply', end };
};

/** The start of an answer with OSC: a number, or the letter of a window title. Alt-] and other keys do not match. */
const oscStart = /\d{1,5}(;|$)|[lL]/y;
const bell = 0x07;
/** Controls that are ignored within a string: from BEL to CR. Others end it, among them Ctrl-C. */
const isIgnoredInString = (code: number) => code >= bell && code <= 0x0d;

/** Reads OSC, DCS, APC, PM or SOS, up to ST, or BEL for OSC. */
const readString = (input: string, at: number, { letter, end: from }: Control): InputPart => {
  if (from === input.length) return tornStart(input, at);
  const start = letter === ']' ? matchAt(oscStart, input, from)?.[0] : '';
  if (start === undefined) return keysOf(input, at, from);
  let index = from + start.length;
  while (index < input.length) {
    const code = input.charCodeAt(index);
    if (letter === ']' && code === bell) return { type: 'reply', end: index + 1 };
    if (code === escapeByte) {
      if (index + 1 === input.length) break;
      return { type: 'reply', end: input[index + 1] === '\\' ? index + 2 : index };
    }
    if (code < 0x20 && !isIgnoredInString(code)) {
      const isCancel = code === 0x18 || code === 0x1a;
      return { type: 'reply', end: isCancel ? index + 1 : index };
    }
    const c1 = c1At(input, index);
    if (c1) return { type: 'reply', end: c1.letter === '\\' ? c1.end : index };
    const length = characterLength(input, index);
    if (length === undefined) break;
    index += length;
  }
  // Only the bytes that the rest depends on are kept, because a string can be long.
  return { type: 'torn', isKey: false, kept: `\x1b${letter}${start || '0'}${input.slice(index)}` };
};
