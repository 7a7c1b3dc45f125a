import type { Writable } from 'node:stream';
import type { HeaderRecord } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { UserNameResolver } from '../../domain/source/event-source.ts';
import { type ExportFormat, exportFormats } from '../../trace/export/exporter.ts';
import { exporters } from '../../trace/export/exporters.ts';
import type { Diagnostic } from '../../trace/format/errors.ts';
import type { TraceBatch } from '../../trace/read/batches.ts';
import { Diagnostics } from '../../trace/read/diagnostics.ts';
import { readTraces } from '../../trace/read/read-traces.ts';
import { TraceReader } from '../../trace/read/reader.ts';
import { type FilteredBatch, TraceFilter } from '../../trace/read/trace-filter.ts';
import { formatCount } from '../../util/format.ts';
import { noRecordError, UsageError } from '../support/errors.ts';
import { toExitError } from '../support/exit-codes.ts';
import { type GuestInputs, guestInputs, type InputOptions } from '../support/inputs.ts';
import { Output, printMessage } from '../support/output.ts';
import { guestResolver, localUserNames } from '../support/users.ts';
import { tool } from '../support/version.ts';
import { type CommandContext, urlOpener } from './context.ts';

/** Runs `churntop export --to FORMAT FILE…|-`. */
export const runExport = async ({ values, files, filter, signal }: CommandContext): Promise<void> => {
  if (values.to === undefined)
    throw new UsageError(`export: missing --to (expected ${Object.keys(exportFormats).join(', ')})`);
  if (files.length === 0)
    throw new UsageError('export: missing operand (expected FILE, or - for standard input)');
  const openUrl = urlOpener(values, files, signal);
  const { stdin, stdout } = process;
  const { skipped, omittedRecords } = await exportFiles({
    files,
    to: values.to,
    tool,
    filter,
    userNames: localUserNames(),
    stdin,
    out: stdout,
    signal,
    openUrl,
  });
  for (const { file, line, message } of skipped.first) printMessage(`${file}:${line}: ${message}`);
  const more = skipped.count - skipped.first.length;
  if (more > 0) printMessage(`${formatCount(more, 'more line')} skipped`);
  if (omittedRecords > 0) printMessage(`${formatCount(omittedRecords, 'record')} without wall time omitted`);
};

export type ExportFilesOptions = InputOptions & {
  files: readonly string[];
  to: ExportFormat;
  /** Name and version, `churntop 0.1.0`. */
  tool: string;
  filter: CompiledFilter;
  /** User names for the filter. */
  userNames: UserNameResolver;
  out: Writable;
};

/**
 * Exports traces while reading them, with bounded memory. Returns the lines that could not be read and the number of
 * records that could not be exported. If reading fails, the output still becomes a complete document, with the reason.
 */
export const exportFiles = async (
  options: ExportFilesOptions,
): Promise<{ skipped: Diagnostics; omittedRecords: number }> => {
  const { files, to, tool, filter, userNames, out, signal } = options;
  const skipped = new Diagnostics();
  let truncation: string | undefined;
  const onTruncated = ({ file, message }: Diagnostic) => {
    truncation = `${file}: ${message}`;
  };
  const guests = await guestInputs(files, options);
  const exporter = exporters[to]({ tool, severalHosts: guests.length > 1 });
  const filtered = async function* ({ name, inputs }: GuestInputs): AsyncGenerator<FilteredBatch> {
    const reader = new TraceReader({ onSkipped: skipped.add, onTruncated });
    const traceFilter = new TraceFilter(filter, guestResolver(filter, userNames, name));
    const rename = name === undefined ? undefined : hostRenamer(name);
    for await (const { batch, matches } of traceFilter.filterBatches(readTraces(inputs, reader)))
      yield { batch: rename ? rename(batch) : batch, matches };
  };
  const output = new Output(out);
  let started = false;
  const writeEnd = async (reason?: string) => {
    if (started) await output.write(exporter.end(reason));
  };

  try {
    // One guest after the other, because exporters track the processes of one guest.
    for (const guest of guests) {
      if (output.closed) break;
      for await (const { batch, matches } of filtered(guest)) {
        if (!started) await output.write(exporter.begin());
        started = true;
        await output.write(exporter.convert(batch, matches));
        if (output.closed) break;
      }
    }
  } catch (error) {
    await writeEnd(toExitError(error).message);
    throw error;
  }
  if (!started) throw noRecordError(files, skipped);
  await writeEnd(signal.aborted ? 'interrupted' : truncation);
  return { skipped, omittedRecords: exporter.skippedRecords };
};

/** Returns a function that gives batches the name of a host. Batches with the same header get the same new one. */
const hostRenamer = (host: string): ((batch: TraceBatch) => TraceBatch) => {
  let original: HeaderRecord | undefined;
  let renamed: HeaderRecord | undefined;
  return (batch) => {
    if (batch.header !== original) renamed = batch.header && { ...batch.header, host };
    original = batch.header;
    return { ...batch, header: renamed };
  };
};
