import type { Writable } from 'node:stream';
import type { Accepts } from '../domain/filter/filter.ts';
import type { UsersOf } from '../domain/source.ts';
import { exporters } from '../trace/export/exporters.ts';
import type { ExportFormat } from '../trace/export/formats.ts';
import { readTraces } from '../trace/read-trace.ts';
import { type Remark, TraceReader } from '../trace/reader.ts';
import { Remarks } from '../trace/remarks.ts';
import { Sieve } from '../trace/sieve.ts';
import { type InputOptions, openInputs } from './inputs.ts';
import { Output } from './output.ts';
import { guestsFor } from './users.ts';
import { explain, Refusal } from './words.ts';

export type ExportOptions = InputOptions & {
  files: readonly string[];
  to: ExportFormat;
  /** `churntop 0.1.0`. */
  tool: string;
  filter: Accepts;
  /** Names of users, for the filter. */
  users: UsersOf;
  out: Writable;
};

/**
 * Export traces as they are read; memory does not grow with them. Gives what could not be read or written. What cannot be
 * read to its end still becomes a whole document, which says so.
 */
export const exportFiles = async (options: ExportOptions): Promise<{ skipped: Remarks; left: number }> => {
  const { files, to, tool, filter, users, out } = options;
  const skipped = new Remarks();
  let cut: string | undefined;
  const onLost = ({ file, why }: Remark) => {
    cut = `${file}: ${why}`;
  };
  const reader = new TraceReader({ onSkipped: skipped.add, onLost });
  const exporter = exporters[to]({ tool });
  const sieve = new Sieve(filter, guestsFor(filter, users));
  const inputs = await openInputs(files, options);
  const output = new Output(out);
  let begun = false;
  options.interrupted.then(() => {
    cut = 'interrupted';
  });
  const end = async (why?: string) => {
    if (begun) await output.write(exporter.end(why));
  };

  try {
    for await (const batch of readTraces(inputs, reader)) {
      if (!begun) await output.write(exporter.begin());
      begun = true;
      await output.write(exporter.batch(batch, sieve.batch(batch)));
      if (output.gone) break;
    }
  } catch (error) {
    await end(explain(error).sentence);
    throw error;
  }
  if (!begun) throw new Refusal(`${files.join(', ')}: no trace record in it`);
  await end(cut);
  return { skipped, left: exporter.left };
};
