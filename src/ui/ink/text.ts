import { lineWidth } from '../text/width.ts';

/** As much of Ink's nodes as this looks at. */
type TextNode = { childNodes: readonly { nodeName: string; nodeValue?: string }[] };
type Squash = (node: TextNode) => string;
type Measure = (text: string) => { width: number; height: number };

/**
 * Ink joins the parts of a text and takes out what would move a cursor, twice for every row that changed and once for each
 * that did not. A line of our own has one part and nothing to be taken out. Put in front of Ink's way when the program is
 * bundled (scripts/lean-ink.ts); see docs/speed.md.
 */
export const leanText =
  (theirs: Squash): Squash =>
  (node) => {
    const [only] = node.childNodes;
    const text = node.childNodes.length === 1 && only?.nodeName === '#text' ? only.nodeValue : undefined;
    return text !== undefined && lineWidth(text) !== undefined ? text : theirs(node);
  };

/** Ink remembers the sizes of thousands of texts; to ask a line of our own again costs less than to hold it. */
export const leanMeasure =
  (theirs: Measure): Measure =>
  (text) => {
    const width = text === '' ? undefined : lineWidth(text);
    return width === undefined ? theirs(text) : { width, height: 1 };
  };
