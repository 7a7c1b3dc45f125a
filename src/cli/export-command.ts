import { printable } from '../domain/printable.ts';
import { counted } from '../domain/text.ts';
import { exportFormats } from '../trace/export/formats.ts';
import type { Call } from './call.ts';
import { exportFiles } from './export.ts';
import { usersHere } from './users.ts';
import { tool } from './version.ts';
import { UsageError } from './words.ts';

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
