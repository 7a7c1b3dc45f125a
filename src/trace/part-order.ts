import { stat } from 'node:fs/promises';
import { fileChunks } from './chunks.ts';
import { readTrace } from './read-trace.ts';

const firstHeader = async (path: string): Promise<string | undefined> => {
  const batches = readTrace(fileChunks(path));
  try {
    const { value } = await batches.next();
    return value?.header?.clock.realtime;
  } finally {
    await batches.return(undefined);
  }
};

const areFiles = async (paths: readonly string[]): Promise<boolean> => {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return stats.every((each) => each.isFile());
};

/**
 * Parts of a rotated trace in the order of their headers, whatever order a glob gave them. Where one has no header or
 * can be read only once (a pipe), the order stays as given. @throws the file system's error
 */
export const inOrder = async (paths: readonly string[]): Promise<readonly string[]> => {
  if (paths.length < 2 || paths.includes('-') || !(await areFiles(paths))) return paths;
  const begun: { path: string; at: string }[] = [];
  for (const path of paths) {
    const at = await firstHeader(path);
    if (at === undefined) return paths;
    begun.push({ path, at });
  }
  return begun.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ path }) => path);
};
