import type { Writable } from 'node:stream';
import type { Accepts } from '../../domain/filter/filter.ts';
import type { UsersOf } from '../../domain/source/event-source.ts';
import { type ExportFormat, exportFormats } from '../../trace/export/exporter.ts';
import { exporters } from '../../trace/export/exporters.ts';
import type { Remark } from '../../trace/format/errors.ts';
import { readTraces } from '../../trace/read/read-traces.ts';
import { Remarks, TraceReader } from '../../trace/read/reader.ts';
import { Sieve } from '../../trace/read/trace-filter.ts';
import { counted } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { explain, Refusal, UsageError } from '../support/errors.ts';
import { type InputOptions, openInputs } from '../support/inputs.ts';
import { Output } from '../support/output.ts';
import { guestsFor, usersHere } from '../support/users.ts';
import { tool } from '../support/version.ts';
import type { Call } from './context.ts';

/** `churntop export --to FORMAT FILE…|-` */
export const run = async ({ values, files, filter, interrupted }: Call): Promise<void> => {
  if (values.to === undefined)
    throw new UsageError(`export needs --to ${Object.keys(exportFormats).join('|')}`);
  if (files.length === 0) throw new UsageError('export needs a FILE, or - for standard input');
  const { stdin, stdout, stderr } = process;
  const { skipped, left } = await exportFiles({
    files,
    to: values.to,
    tool,
    filter,
    users: usersHere(),
    stdin,
    out: stdout,
    interrupted,
  });
  for (const { file, line, why } of skipped.first) {
    stderr.write(`churntop: ${printable(`${file}:${line}: ${why}`)}\n`);
  }
  const more = skipped.count - skipped.first.length;
  if (more > 0) stderr.write(`churntop: and ${counted(more, 'more line')} skipped\n`);
  if (left > 0) stderr.write(`churntop: ${counted(left, 'record')} without a wall time left out\n`);
};

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
