import { openLive } from '../capture/client.ts';
import { shortDuration } from '../domain/text.ts';
import { type Call, liveOptions } from './call.ts';
import { type ReportOptions, reportFiles, reportLive } from './report.ts';
import { keepHeapSmall } from './small-heap.ts';
import { usersHere } from './users.ts';
import { UsageError } from './words.ts';

/** `churntop report FILE…|-` and `churntop report --for TIME` */
export const run = async ({ values, files, filter, interrupted }: Call): Promise<void> => {
  const { stdin, stdout, stderr } = process;
  const options: ReportOptions = {
    filter,
    users: usersHere(),
    by: values.by,
    json: values.json,
    top: values.top,
    columns: stdout.columns ?? 80,
    out: stdout,
  };
  if (values.for === undefined) {
    if (files.length === 0) throw new UsageError('report needs a FILE, - for standard input, or --for TIME');
    await reportFiles(files, { ...options, stdin, interrupted });
    return;
  }
  if (files.length > 0) throw new UsageError('report reads files or watches --for a time, not both');
  keepHeapSmall();
  const source = openLive(liveOptions(values, filter));
  const forMs = Number(values.for / 1_000_000n);
  if (stderr.isTTY) stderr.write(`watching for ${shortDuration(values.for)}, Ctrl-C reports at once\n`);
  await reportLive(source, { ...options, forMs, interrupted });
};
