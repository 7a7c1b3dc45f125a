import type { EventSource } from '../../domain/source/event-source.ts';
import { FleetSource } from '../../fleet/core/fleet-source.ts';
import { findNextEvent } from '../../fleet/nats/subscribe/find-next-event.ts';
import { openHistory } from '../../fleet/nats/subscribe/history.ts';
import { NatsLink } from '../../fleet/nats/subscribe/nats-link.ts';
import type { FlagValues } from '../args/flags.ts';
import { CliError } from '../support/errors.ts';
import type { GuestInputs } from '../support/inputs.ts';
import { natsAddress, openNats } from './nats-connection.ts';

type Selection = Pick<FlagValues, 'guests' | 'since'>;

/** Opens the guests that publish to a server, as a live source. @throws UsageError, NatsError if nothing can be read now */
export const openNatsSource = async (
  url: string,
  { guests, since }: Selection,
  signal: AbortSignal,
): Promise<EventSource> => {
  const connection = await openNats(url, signal);
  await findNextEvent(connection).finally(() => connection.close());
  return new FleetSource(new NatsLink({ address: natsAddress(url), guests, sinceNs: since }));
};

/** Opens what a server retains, by guest. @throws UsageError, NatsError, CliError if there are no guests */
export const openNatsInputs = async (
  url: string,
  { guests, since }: Selection,
  signal: AbortSignal,
): Promise<GuestInputs[]> => {
  const connection = await openNats(url, signal);
  try {
    const histories = await openHistory({ connection, guests, sinceNs: since, signal });
    if (histories.length > 0)
      return histories.map(({ guest, isNamesake, chunks }) => ({
        id: guest,
        name: isNamesake ? guest : undefined,
        inputs: [{ file: guest, chunks }],
      }));
  } catch (error) {
    await connection.close();
    throw error;
  }
  await connection.close();
  throw new CliError(`${connection.label}: no events${guests ? ' of these guests' : ''}`);
};
