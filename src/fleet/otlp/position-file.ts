import { readFile } from 'node:fs/promises';
import type { TailPosition } from '../../trace/tail/lines.ts';
import { replaceFile } from '../../trace/write/replace-file.ts';
import { errnoName } from '../../util/errno.ts';

/** Returns the path of the file that has the position, next to a trace. */
const positionPath = (trace: string): string => `${trace}.otlp`;

/** Reads the last record that a collector has stored; undefined without one. @throws the file system's error */
export const readPosition = async (trace: string): Promise<TailPosition | undefined> => {
  try {
    const { recorder, seq } = JSON.parse(await readFile(positionPath(trace), 'utf8')) ?? {};
    return typeof recorder === 'string' && Number.isSafeInteger(seq) ? { recorder, seq } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoName(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Replaces the position as a whole. @throws the file system's error */
export const writePosition = (trace: string, { recorder, seq }: TailPosition): void =>
  replaceFile(positionPath(trace), `${JSON.stringify({ recorder, seq })}\n`, 0o600);
