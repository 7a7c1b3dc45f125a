import type { Connection } from '../server/connection.ts';
import { NatsError } from '../server/errors.ts';
import { getStream } from '../server/jetstream.ts';
import { describeReadFault } from '../server/stream-faults.ts';
import { eventStream, nowStream } from '../server/subjects.ts';

/** Returns the number of the next event message. @throws NatsError if nothing can be read */
export const findNextEvent = async (connection: Connection): Promise<number> => {
  try {
    const [events, now] = [await getStream(connection, eventStream), await getStream(connection, nowStream)];
    if (!events || !now)
      throw new NatsError(
        `${connection.label}: no stream ${events ? nowStream : eventStream} (churntop check nats://${connection.label} shows how to add it)`,
      );
    return events.state.last_seq + 1;
  } catch (error) {
    throw error instanceof NatsError ? error : new NatsError(describeReadFault(error, connection.label));
  }
};
