/** A viewer without a screen. Reads the batches of a feeder on standard input, or from a server: viewer.mjs [URL]. */
import { limitHeapGrowth } from '../../../src/cli/support/heap.ts';
import { FleetSource } from '../../../src/fleet/core/fleet-source.ts';
import { answer, type ViewerStatus } from './answers.ts';
import { checkLink } from './checked-link.ts';
import { pipeLink } from './pipe-link.ts';

const [, , url] = process.argv;

/** Loads the client of the server only if it is used, as the program does. */
const openLink = async (address: string) => {
  const [{ NatsLink }, { resolveAddress }] = await Promise.all([
    import('../../../src/fleet/nats/subscribe/nats-link.ts'),
    import('../../../src/fleet/nats/server/address.ts'),
  ]);
  return new NatsLink({ address: resolveAddress(address, {}) });
};

const { link, checked } = checkLink(url === undefined ? pipeLink(process.stdin) : await openLink(url));
const source = new FleetSource(link);
const { fleet } = source;

answer({
  status: (): ViewerStatus => {
    const guests = fleet.guests();
    let counted = 0;
    for (const { id } of guests)
      for (const { spawned, exited } of fleet.details(id)?.comms ?? []) counted += spawned + exited;
    return {
      ...checked,
      counted,
      guests: guests.length,
      known: guests.filter(({ alive }) => alive !== undefined).length,
      live: guests.filter(({ state }) => state === 'live').length,
      missing: guests.reduce((sum, { lost }) => sum + (lost ?? 0), 0),
    };
  },
});
source.start({
  onBatch: () => {},
  onFleet: () => {},
  onStatus: () => {},
  onNotice: (text) => process.stderr.write(`${text}\n`),
  onError: (error) => {
    throw error;
  },
});
limitHeapGrowth();
