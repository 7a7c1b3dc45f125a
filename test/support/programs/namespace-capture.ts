/**
 * Runs as PID 1 of a PID namespace: lowers pid_max, samples while a shell starts `count` short-lived children in sequence,
 * and prints the events and the true PIDs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { openLive } from '../../../src/capture/live-source.ts';
import { isProbeEvent, type ProbeEvent } from '../../../src/domain/events/event.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';

const [pidMax, count] = process.argv.slice(2) as [string, string];
writeFileSync('/proc/sys/kernel/pid_max', pidMax);

const source = openLive({ ownChildren: true });
const events: ProbeEvent[] = [];
let status: SourceStatus | undefined;
let ready = () => {};
const started = new Promise<void>((resolve) => {
  ready = resolve;
});
source.start({
  onBatch({ records }) {
    for (const record of records) if (isProbeEvent(record)) events.push(record);
    if (records.length > 0) ready();
  },
  onStatus(latest) {
    status = latest;
  },
  onError(error) {
    throw error;
  },
});
await started;
const shell = spawn(
  'sh',
  ['-c', `i=0; while [ $i -lt ${count} ]; do sleep 0.003 & echo $!; wait; i=$((i+1)); done`],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
let output = '';
shell.stdout.on('data', (data: Buffer) => {
  output += data.toString();
});
await once(shell, 'close');
// The next status has the final counters. It comes once per second.
const previous = status;
while (status === previous) await new Promise((resolve) => setTimeout(resolve, 50));
await source.stop();
const text = JSON.stringify(
  { status, events, truth: output.trim().split('\n').map(Number), shell: shell.pid },
  (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
);
process.stdout.write(text);
