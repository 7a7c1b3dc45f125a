/**
 * A viewer without a screen. Reads the batches of a feeder on standard input; viewer.mjs nats URL reads from a server,
 * viewer.mjs ssh HOST from a host.
 */
import { limitHeapGrowth } from '../../../src/cli/support/heap.ts';
import type { FleetLink } from '../../../src/domain/fleet/fleet-link.ts';
import { FleetSource } from '../../../src/fleet/core/fleet-source.ts';
import { sshCommandLine } from '../../../src/fleet/ssh/command-line.ts';
import { tetherTime } from '../../../src/fleet/ssh/connection-process.ts';
import { ProcessLink } from '../../../src/fleet/ssh/process-link.ts';
import { answer, type ViewerStatus } from './answers.ts';
import { checkLink } from './checked-link.ts';
import { pipeLink } from './pipe-link.ts';

/** Opens links. Loads the client of the server only if it is used, as the program does. */
const links: Readonly<Record<string, (address: string) => FleetLink | Promise<FleetLink>>> = {
  pipe: () => pipeLink(process.stdin),
  ssh: (address) =>
    new ProcessLink({
      targets: [{ id: address, address }],
      commandLine: sshCommandLine,
      command: ['churntop', '--ndjson', '--tether', tetherTime],
    }),
  nats: async (address) => {
    const [{ NatsLink }, { resolveAddress }] = await Promise.all([
      import('../../../src/fleet/nats/subscribe/nats-link.ts'),
      import('../../../src/fleet/nats/server/address.ts'),
    ]);
    return new NatsLink({ address: resolveAddress(address, {}) });
  },
};

const [kind = 'pipe', address = ''] = process.argv.slice(2);
const opened = await links[kind]?.(address);
if (!opened) throw new Error(`no link "${kind}"`);
const { link, checked } = checkLink(opened);
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
limitHeapGrowth('fleet');
