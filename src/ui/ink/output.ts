import widthOf from '../text/width.ts';

/** What Ink's layout leaves to be drawn: texts at places, and what is done to them. */
export type Operation =
  | { type: 'write'; x: number; y: number; text: string; transformers: readonly Transformer[] }
  | { type: 'clip' | 'unclip' };

type Transformer = (line: string, index: number) => string;

/** The part of Ink's `Output` (ink/build/output.js) that this builds on. */
type Output = {
  width: number;
  height: number;
  operations: Operation[];
  get(): { output: string; height: number };
};
type Class = new (options: { width: number; height: number }) => Output;

/**
 * Ink's `Output` takes every text apart into cells and puts the cells together again, for lines that have not changed,
 * too: two thirds of a frame. Our rows are whole lines that close what they open, one beside the other: they can be
 * joined as they are. Whatever else is asked for goes Ink's own way. Put in its place when the program is bundled
 * (scripts/lean-ink.ts); see docs/speed.md.
 */
export const leanOutput = (Base: Class): Class =>
  class LeanOutput extends Base {
    override get(): { output: string; height: number } {
      const lines = joined(this.operations, this.width, this.height);
      return lines ? { output: lines.join('\n'), height: this.height } : super.get();
    }
  };

/** The screen line by line; undefined where texts overlap, are clipped, have several lines, or stand outside. */
export const joined = (
  operations: readonly Operation[],
  width: number,
  height: number,
): string[] | undefined => {
  const lines = new Array<string>(height).fill('');
  const ends = new Array<number>(height).fill(0);
  for (const operation of operations) {
    if (operation.type !== 'write' || operation.text.includes('\n')) return undefined;
    const { x, y, transformers } = operation;
    const text = transformers.reduce((line, transform) => transform(line, 0), operation.text);
    const end = ends[y];
    if (end === undefined || x < end) return undefined;
    const after = x + widthOf(text);
    if (after > width || !closesAll(text)) return undefined;
    lines[y] += ' '.repeat(x - end) + text;
    ends[y] = after;
  }
  return lines.map((line) => line.trimEnd());
};

/** Of SGR parameters, those that end a style. */
const closing = /^(?:2[2-9]|[345]9)(?:;(?:2[2-9]|[345]9))*$/;

/** The last style must be one that ends: what follows would be painted with it. */
const closesAll = (text: string): boolean => {
  const last = text.lastIndexOf('\x1b[');
  if (last < 0) return true;
  return closing.test(text.slice(last + 2, text.indexOf('m', last)));
};
