/**
 * Writes batches of guests to standard output until it is killed: feeder.mjs events GUESTS RATE, or feeder.mjs pulses
 * GUESTS SECONDS. A batch is the index of a guest, its length (32 bits each) and its lines.
 */
import { writeSync } from 'node:fs';
import { every } from './answers.ts';
import { SyntheticGuest } from './synthetic-guest.ts';

const [kind, count = '1000', figure = '20'] = process.argv.slice(2);
const guests = Array.from({ length: Number(count) }, (_, index) => new SyntheticGuest(`guest${index}`));
/** Interval of the batches of a guest, and of the writes. */
const periodMs = kind === 'events' ? 250 : Number(figure) * 1_000;
const turnMs = 10;
const turns = periodMs / turnMs;
const perBatch = (Number(figure) * periodMs) / 1_000;

const write = (buffer: Buffer): void => {
  for (let at = 0; at < buffer.length; ) {
    try {
      at += writeSync(1, buffer, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit();
    }
  }
};

const frame = (index: number, lines: string): Buffer => {
  const data = Buffer.from(lines);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(index, 0);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
};

if (kind === 'events') for (const [index, guest] of guests.entries()) write(frame(index, guest.begin()));
every(turnMs, (turn) => {
  for (let index = turn % turns; index < guests.length; index += turns) {
    const guest = guests[index] as SyntheticGuest;
    write(frame(index, kind === 'events' ? guest.next(perBatch, periodMs) : guest.pulse()));
  }
  return true;
});
