import type { Connection } from '../server/connection.ts';
import { NatsError } from '../server/errors.ts';
import { getStream } from '../server/jetstream.ts';
import { describeMissingStream, toReadError } from '../server/stream-faults.ts';
import { eventStream, nowStream } from '../server/subjects.ts';

/** Returns the number of the next event message. @throws NatsError if nothing can be read */
export const findNextEvent = async (connection: Connection): Promise<number> => {
  try {
    const [events, now] = [await getStream(connection, eventStream), await getStream(connection, nowStream)];
    if (!events || !now)
      throw new NatsError(describeMissingStream(events ? nowStream : eventStream, connection.label));
    return events.state.last_seq + 1;
  } catch (error) {
    throw toReadError(error, connection.label);
  }
};
