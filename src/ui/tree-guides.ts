import type { TreeRow } from '../domain/tree.ts';

/** Deeper down the far end of the lines is cut: names must stay on the screen. */
const mostLevels = 12;

/** The lines before `count` rows from `top` on: two cells a generation. */
export const guidesOf = (rows: readonly TreeRow[], top: number, count: number): string[] => {
  const guides: string[] = [];
  /** By depth: whether a sibling follows below. */
  const follows: boolean[] = [];
  for (let index = rows.length - 1; index >= top; index--) {
    const { depth } = rows[index] as TreeRow;
    if (index < top + count) guides.push(guideOf(depth, follows));
    follows.length = depth + 1;
    follows[depth] = true;
  }
  return guides.reverse();
};

const guideOf = (depth: number, follows: readonly boolean[]): string => {
  if (depth === 0) return '';
  const levels: string[] = [];
  for (let level = 1; level < depth; level++) levels.push(follows[level] ? '│ ' : '  ');
  levels.push(follows[depth] ? '├─' : '└─');
  return levels.length > mostLevels ? `… ${levels.slice(1 - mostLevels).join('')}` : levels.join('');
};
