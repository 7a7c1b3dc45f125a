import { readFile, rename, writeFile } from 'node:fs/promises';
import type { TailPosition } from '../../trace/tail/lines.ts';
import { errnoName } from '../../util/errno.ts';

/** Returns the path of the file that has the position, next to a trace. */
const positionPath = (trace: string): string => `${trace}.otlp`;

/** Reads the last record that a collector has stored; undefined without one. @throws the file system's error */
export const readPosition = async (trace: string): Promise<TailPosition | undefined> => {
  try {
    const { recorder, seq } = JSON.parse(await readFile(positionPath(trace), 'utf8'));
    return typeof recorder === 'string' && Number.isSafeInteger(seq) ? { recorder, seq } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoName(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Replaces the position as a whole. @throws the file system's error */
export const writePosition = async (trace: string, { recorder, seq }: TailPosition): Promise<void> => {
  const temporary = `${positionPath(trace)}.tmp`;
  await writeFile(temporary, `${JSON.stringify({ recorder, seq })}\n`);
  await rename(temporary, positionPath(trace));
};
