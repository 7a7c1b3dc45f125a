import { parseArgs } from '../proc/about.ts';
import { ifReadable } from '../proc/errors.ts';
import type { Ask } from './asked.ts';

/** Characters of an argument list that are kept: thousands of records are held at a time. */
const most = 1024;

const halfPair = /[\ud800-\udbff]$/;

/** With which arguments a program was called; kernel threads and zombies have none. */
export const askArgs: Ask = (proc, record) => {
  if ('kthread' in record) return undefined;
  const text = ifReadable(() => proc.text(`${record.guest_pid}/cmdline`));
  if (text === undefined) return undefined;
  const args = parseArgs(text.slice(0, most).replace(halfPair, ''));
  return args.length === 0 ? undefined : { args, ...(text.length > most && { args_cut: true }) };
};
