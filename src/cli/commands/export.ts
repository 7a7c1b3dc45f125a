import type { Writable } from 'node:stream';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { UserNameResolver } from '../../domain/source/event-source.ts';
import { type ExportFormat, exportFormats } from '../../trace/export/exporter.ts';
import { exporters } from '../../trace/export/exporters.ts';
import type { Diagnostic } from '../../trace/format/errors.ts';
import { readTraces } from '../../trace/read/read-traces.ts';
import { Diagnostics, TraceReader } from '../../trace/read/reader.ts';
import { TraceFilter } from '../../trace/read/trace-filter.ts';
import { formatCount } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { CliError, toExitError, UsageError } from '../support/errors.ts';
import { type InputOptions, openInputs } from '../support/inputs.ts';
import { Output } from '../support/output.ts';
import { guestResolver, localUserNames } from '../support/users.ts';
import { tool } from '../support/version.ts';
import type { CommandContext } from './context.ts';

/** `churntop export --to FORMAT FILE…|-` */
export const runExport = async ({ values, files, filter, interrupted }: CommandContext): Promise<void> => {
  if (values.to === undefined)
    throw new UsageError(`export needs --to ${Object.keys(exportFormats).join('|')}`);
  if (files.length === 0) throw new UsageError('export needs a FILE, or - for standard input');
  const { stdin, stdout, stderr } = process;
  const { skipped, left } = await exportFiles({
    files,
    to: values.to,
    tool,
    filter,
    users: localUserNames(),
    stdin,
    out: stdout,
    interrupted,
  });
  for (const { file, line, message } of skipped.first) {
    stderr.write(`churntop: ${printable(`${file}:${line}: ${message}`)}\n`);
  }
  const more = skipped.count - skipped.first.length;
  if (more > 0) stderr.write(`churntop: and ${formatCount(more, 'more line')} skipped\n`);
  if (left > 0) stderr.write(`churntop: ${formatCount(left, 'record')} without a wall time left out\n`);
};

export type ExportFilesOptions = InputOptions & {
  files: readonly string[];
  to: ExportFormat;
  /** `churntop 0.1.0`. */
  tool: string;
  filter: CompiledFilter;
  /** Names of users, for the filter. */
  users: UserNameResolver;
  out: Writable;
};

/**
 * Export traces as they are read; memory does not grow with them. Gives what could not be read or written. What cannot be
 * read to its end still becomes a whole document, which says so.
 */
export const exportFiles = async (
  options: ExportFilesOptions,
): Promise<{ skipped: Diagnostics; left: number }> => {
  const { files, to, tool, filter, users, out } = options;
  const skipped = new Diagnostics();
  let incompleteReason: string | undefined;
  const onTruncated = ({ file, message }: Diagnostic) => {
    incompleteReason = `${file}: ${message}`;
  };
  const reader = new TraceReader({ onSkipped: skipped.add, onTruncated });
  const exporter = exporters[to]({ tool });
  const sieve = new TraceFilter(filter, guestResolver(filter, users));
  const inputs = await openInputs(files, options);
  const output = new Output(out);
  let started = false;
  options.interrupted.then(() => {
    incompleteReason = 'interrupted';
  });
  const writeEnd = async (why?: string) => {
    if (started) await output.write(exporter.end(why));
  };

  try {
    for await (const batch of readTraces(inputs, reader)) {
      if (!started) await output.write(exporter.begin());
      started = true;
      await output.write(exporter.convert(batch, sieve.forBatch(batch)));
      if (output.closed) break;
    }
  } catch (error) {
    await writeEnd(toExitError(error).sentence);
    throw error;
  }
  if (!started) throw new CliError(`${files.join(', ')}: no trace record in it`);
  await writeEnd(incompleteReason);
  return { skipped, left: exporter.skippedRecords };
};
