/**
 * Captures from a proc root until stdin closes. Then it prints the last status, the gaps, spawns, exits and unread names
 * as JSON. Until then it prints the PID of each spawn. Arguments: the source, and the proc root.
 */
import { openLive } from '../../../src/capture/live-source.ts';
import type { GapRecord } from '../../../src/domain/events/event.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';

const [choice = 'proc', root = '/proc'] = process.argv.slice(2);
const source = openLive({ root, source: choice === 'kernel' ? 'kernel' : 'proc', ownChildren: true });
const gaps: GapRecord[] = [];
let status: SourceStatus | undefined;
const spawned: number[] = [];
const exited: number[] = [];
/** Names of processes, by PID, and the PIDs of those whose name could not be read. */
const names: Record<number, string> = {};
const unnamed: number[] = [];
let error: string | undefined;
const finish = async () => {
  await source.stop();
  const output = { status, gaps, spawned, exited, names, unnamed, error };
  const text = JSON.stringify(output, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  process.stdout.write(`${text}\n`, () => process.exit());
};
source.start({
  onBatch({ records }) {
    for (const record of records) {
      if ('guest_pid' in record) names[record.guest_pid] = record.guest_comm;
      if ('unread' in record && record.unread?.includes('comm')) unnamed.push(record.guest_pid);
      if (record.probe_source === 'trace.gap') gaps.push(record);
      else if (record.probe_source === 'process.exited') exited.push(record.guest_pid);
      else if (record.probe_source === 'process.spawned') {
        spawned.push(record.guest_pid);
        if (!record.initial) process.stdout.write(`${record.guest_pid}\n`);
      }
    }
  },
  onStatus(latest) {
    if (!status) process.stdout.write('ready\n');
    status = latest;
  },
  onError(failure) {
    error = failure.message;
    void finish();
  },
});
process.stdin.on('end', () => void finish());
process.stdin.resume();
