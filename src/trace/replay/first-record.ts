import { ReplayError } from '../errors.ts';
import type { Remark } from '../reader.ts';
import { TraceCursor } from './cursor.ts';
import type { TraceFile } from './file.ts';

/** Read on until there is a record: without one there is nothing to show. @throws ReplayError where there is none */
export const assertRecord = async (files: readonly TraceFile[]): Promise<void> => {
  let first: Remark | undefined;
  const cursor = new TraceCursor(files, {
    onSkipped(remark) {
      first ??= remark;
    },
  });
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    if (batches.length > 0) return;
  }
  const reason = files.every(({ size }) => size === 0) ? 'empty' : 'foreign';
  throw new ReplayError({ reason, path: files.map(({ name }) => name).join(', '), first });
};
