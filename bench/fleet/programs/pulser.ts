/** Publishes counters of guests, each once in a period, over one connection: pulser.mjs URL GUESTS SECONDS. */
import { resolveAddress } from '../../../src/fleet/nats/server/address.ts';
import { Connection } from '../../../src/fleet/nats/server/connection.ts';
import { subjectOf } from '../../../src/fleet/nats/server/subjects.ts';
import { answer, every } from './answers.ts';
import { SyntheticGuest } from './synthetic-guest.ts';

const [url = '', count = '10000', seconds = '5'] = process.argv.slice(2);
const connection = await Connection.open(resolveAddress(url, {}), {
  name: 'publisher',
  signal: new AbortController().signal,
  waits: true,
  onState: () => {},
});
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
