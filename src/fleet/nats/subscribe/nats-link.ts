import type { Msg } from '@nats-io/transport-node';
import type { FleetLink, LinkListener } from '../../../domain/fleet/fleet-link.ts';
import type { LinkState } from '../../../domain/fleet/guest-summary.ts';
import type { NatsAddress } from '../server/address.ts';
import { Connection } from '../server/connection.ts';
import { type ConsumerConfig, type Delivery, startingAt } from '../server/jetstream.ts';
import { describeReadFault } from '../server/stream-faults.ts';
import { eventStream, nowStream, subjectOf } from '../server/subjects.ts';
import { findNextEvent } from './find-next-event.ts';
import { guestMatcher, guestToken } from './guest-names.ts';
import { GuestTracks } from './guest-tracks.ts';
import { MessageReader } from './message-data.ts';
import { PullConsumer } from './pull-consumer.ts';
import { readStored } from './read-stored.ts';

export type NatsLinkOptions = {
  address: NatsAddress;
  /** Names of the guests, with `*`; all without it. */
  guests?: readonly string[] | undefined;
  /** Wall time from which all events are delivered, ns. Without it, the live processes and what follows. */
  sinceNs?: bigint | undefined;
  /** Interval of pings, ms. */
  pingMs?: number;
  /** How long before now the events start at most, ns. Default: 150 s, because lists of live processes are sent once a minute. */
  overlapNs?: bigint;
};

/** A message that the server stored earlier than this before its newest one, ns, is not a sign of life. */
const recentNs = 13_000_000_000n;
const defaultOverlapNs = 150_000_000_000n;
/** Silent guests whose last events are read at the start. Those of further ones are a counted gap. */
const maxSilent = 32;
/** Beyond these messages, a guest is not silent, but publishes what it recorded during an outage. */
const maxSilentMessages = 1000;
/** A list of live processes may be stored this long after the events that follow it, ns. */
const listDelayNs = 10_000_000_000n;

/** The guests that publish to a NATS server. */
export class NatsLink implements FleetLink {
  readonly #options: NatsLinkOptions;
  readonly #isWanted: (guest: string) => boolean;
  readonly #controller = new AbortController();
  /** `endedNs`: when the server stored the end of the recorder. */
  readonly #guests = new Map<string, { state: LinkState; endedNs: bigint }>();
  #listener: LinkListener | undefined;
  #tracks: GuestTracks | undefined;
  #running: Promise<void> | undefined;
  readonly #reader = new MessageReader();
  #problem: string | undefined;
  /** When the server stored the newest message, ns. */
  #serverNs = 0n;
  #isCaughtUp = false;
  /** The newest list of live processes of each guest, until the events are read. */
  #lists: Map<string, { subject: string; timeNs: bigint }> | undefined = new Map();
  #skipped = 0;

  constructor(options: NatsLinkOptions) {
    this.#options = options;
    this.#isWanted = guestMatcher(options.guests);
  }

  start(listener: LinkListener): void {
    this.#listener = listener;
    this.#tracks = new GuestTracks(
      {
        onGuest: (id) => {
          this.#guests.set(id, { state: 'connecting', endedNs: 0n });
          listener.onGuest(id);
        },
        onBytes: (id, bytes) => listener.onBytes(id, bytes),
        onEnd: (id, timeNs) => {
          const guest = this.#guests.get(id);
          if (guest) guest.endedNs = timeNs;
          this.#setState(id, 'ended');
        },
      },
      this.#options.sinceNs !== undefined,
    );
    this.#running = this.#run().catch((error) => {
      if (this.#controller.signal.aborted) return;
      // The other stream may still be read.
      this.#controller.abort();
      listener.onError(error);
    });
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#controller;
    const connection = await Connection.open(this.#options.address, {
      name: 'viewer',
      signal,
      pingMs: this.#options.pingMs,
      onState: (problem) => this.#setProblem(problem),
    });
    try {
      const startSequence = await findNextEvent(connection);
      let now: Promise<void> | undefined;
      await new Promise<void>((onCaughtUp) => {
        now = this.#consume(connection, nowStream, {
          start: { deliver_policy: 'last_per_subject' },
          onCaughtUp,
        });
        void now.finally(onCaughtUp);
      });
      const start = this.#eventStart(startSequence);
      await this.#readSilentGuests(connection);
      this.#lists = undefined;
      const onCaughtUp = () => {
        this.#isCaughtUp = true;
        this.#tracks?.endHistory();
      };
      await Promise.all([now, this.#consume(connection, eventStream, { start, onCaughtUp })]);
    } finally {
      await connection.close();
    }
  }

  #eventStart(nextSequence: number): ConsumerConfig {
    const { sinceNs } = this.#options;
    if (sinceNs !== undefined) return startingAt(sinceNs);
    const times = Array.from(this.#lists?.values() ?? [], ({ timeNs }) => timeNs);
    if (times.length === 0) return { deliver_policy: 'by_start_sequence', opt_start_seq: nextSequence };
    const oldestNs = times.reduce((oldest, timeNs) => (timeNs < oldest ? timeNs : oldest));
    return startingAt(oldestNs > this.#earliestNs ? oldestNs : this.#earliestNs);
  }

  /** Wall time of the server before which the events of all guests are not read, ns. */
  get #earliestNs(): bigint {
    return this.#serverNs - (this.#options.overlapNs ?? defaultOverlapNs);
  }

  /** Reads the events of guests that have fallen silent since their last list of live processes. */
  async #readSilentGuests(connection: Connection): Promise<void> {
    const { signal } = this.#controller;
    const silent = [...(this.#lists ?? [])]
      .filter(([id, { timeNs }]) => timeNs < this.#earliestNs && this.#guests.get(id)?.state !== 'ended')
      .slice(-maxSilent);
    const read = async (subject: string, timeNs: bigint): Promise<void> => {
      const start = { ...startingAt(timeNs - listDelayNs), filter_subject: subject };
      const options = { connection, signal, maxMessages: maxSilentMessages };
      for await (const { message, delivery } of readStored(eventStream, start, options))
        this.#receive(message, delivery);
    };
    // What cannot be read is a counted gap.
    await Promise.allSettled(silent.map(([, { subject, timeNs }]) => read(subject, timeNs)));
  }

  #consume(
    connection: Connection,
    stream: string,
    { start, onCaughtUp }: { start: ConsumerConfig; onCaughtUp: () => void },
  ): Promise<void> {
    // A filter must have wildcards for all tokens, or be a subset of one of the stream's subjects.
    const filter = stream === eventStream ? `churn.${guestToken(this.#options.guests)}.*.events` : 'churn.>';
    const consumer = new PullConsumer({
      connection,
      stream,
      start: { ...start, filter_subject: filter },
      signal: this.#controller.signal,
      onMessage: (message, delivery) => this.#receive(message, delivery),
      onProblem: (error) =>
        this.#setProblem(error === undefined ? undefined : describeReadFault(error, connection.label)),
      onStreamLoss: (reason) => {
        this.#tracks?.restart();
        this.#listener?.onNotice(
          reason === 'recreated'
            ? `${connection.label}: the stream ${stream} was created again`
            : `${connection.label}: the server has lost the newest messages`,
        );
      },
      onCaughtUp,
    });
    return consumer.run();
  }

  #receive(message: Msg, delivery: Delivery): void {
    if (delivery.timeNs > this.#serverNs) this.#serverNs = delivery.timeNs;
    const read = this.#reader.read(message, delivery);
    if (read === 'incomplete') return;
    if (!read) {
      if (this.#skipped++ === 0) this.#listener?.onNotice(`skipped a message on ${message.subject}`);
      return;
    }
    if (!this.#isWanted(read.guest)) return;
    const { kind, timeNs } = read;
    const id = this.#tracks?.receive(read);
    const guest = id === undefined ? undefined : this.#guests.get(id);
    if (id === undefined || !guest) return;
    if (kind === 'alive') {
      // The newest list is the last one.
      this.#lists?.delete(id);
      this.#lists?.set(id, { subject: subjectOf(read.guest, read.recorder, 'events'), timeNs });
    }
    // What the streams retained from before is not a sign of life.
    const isRecent = this.#latestNs() - timeNs < recentNs;
    if (timeNs > guest.endedNs) this.#setState(id, isRecent ? 'live' : 'silent');
  }

  /** Returns the time of the server: at least that of its newest message. It is not known while no guest is live. */
  #latestNs(): bigint {
    const wallNs = BigInt(Date.now()) * 1_000_000n;
    return this.#isCaughtUp || wallNs < this.#serverNs ? this.#serverNs : wallNs;
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem !== undefined) this.#listener?.onNotice(problem);
    for (const [id, { state }] of this.#guests) {
      if (state === 'ended') continue;
      if (problem !== undefined) this.#setState(id, 'reconnecting', problem);
      else if (state === 'reconnecting') this.#setState(id, 'silent');
    }
  }

  #setState(id: string, state: LinkState, reason?: string): void {
    const guest = this.#guests.get(id);
    if (!guest || (guest.state === state && reason === undefined)) return;
    guest.state = state;
    this.#listener?.onState(id, state, reason);
  }
}
