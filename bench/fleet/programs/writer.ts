/** Writes the traces of guests to files, at a fixed rate from each `go` to the next `stop`: writer.mjs FOLDER GUESTS RATE. */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { answer, every, type WriterStatus } from './answers.ts';
import { SyntheticGuest } from './synthetic-guest.ts';

const [folder = '', count = '50', rate = '200'] = process.argv.slice(2);
/** A recorder writes a batch of records each time. */
const batchMs = 100;
const perBatch = (Number(rate) * batchMs) / 1_000;

const files = Array.from({ length: Number(count) }, (_, index) => {
  const guest = new SyntheticGuest(`guest${index}`);
  const file = openSync(join(folder, `guest${index}.ndjson`), 'a');
  writeSync(file, guest.begin());
  return { guest, file };
});
let events = 0;
let isGoing = false;

answer({
  status: (): WriterStatus => ({
    records: files.reduce((sum, { guest }) => sum + guest.records, 0),
    events,
  }),
  go: () => {
    isGoing = true;
    every(batchMs, () => {
      if (!isGoing) return false;
      for (const { guest, file } of files) writeSync(file, guest.next(perBatch, batchMs));
      events += perBatch * files.length;
      return true;
    });
  },
  stop: () => {
    isGoing = false;
  },
});
