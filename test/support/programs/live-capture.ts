/** Polls a proc root until stdin closes. Then it prints the last status, the gaps, spawns and exits as JSON. */
import { openLive } from '../../../src/capture/live-source.ts';
import type { GapRecord } from '../../../src/domain/events/event.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';

const source = openLive({ root: process.argv[2] ?? '/proc', source: 'proc', ownChildren: true });
const gaps: GapRecord[] = [];
let status: SourceStatus | undefined;
const spawned: number[] = [];
const exited: number[] = [];
let error: string | undefined;
const finish = async () => {
  await source.stop();
  const output = { status, gaps, spawned, exited, error };
  const text = JSON.stringify(output, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  process.stdout.write(`${text}\n`, () => process.exit());
};
source.start({
  onBatch({ records }) {
    for (const record of records) {
      if (record.probe_source === 'trace.gap') gaps.push(record);
      else if (record.probe_source === 'process.exited') exited.push(record.guest_pid);
      else if (record.probe_source === 'process.spawned') spawned.push(record.guest_pid);
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
