/** Publishes counters of guests, each once in a period, over one connection: pulser.mjs URL GUESTS SECONDS. */
import { subjectOf } from '../../../src/fleet/nats/server/subjects.ts';
import { connectTo } from '../connect.ts';
import { answer, every } from './answers.ts';
import { SyntheticGuest } from './synthetic-guest.ts';

const [url = '', count = '10000', seconds = '5'] = process.argv.slice(2);
const connection = await connectTo(url, 'publisher');
const guests = Array.from({ length: Number(count) }, (_, index) => ({
  guest: new SyntheticGuest(`guest${index}`),
  subject: subjectOf(`guest${index}`, `rec${index}`, 'pulse'),
}));
const turnMs = 10;
const turns = (Number(seconds) * 1_000) / turnMs;
let sent = 0;

answer({ status: () => sent });
every(turnMs, (turn) => {
  for (let index = turn % turns; index < guests.length; index += turns) {
    const { guest, subject } = guests[index] as (typeof guests)[number];
    connection.publish(subject, guest.pulse());
    sent++;
  }
  return true;
});
