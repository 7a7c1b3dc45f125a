import { Publisher } from '../../fleet/nats/publish/publisher.ts';
import { Connection } from '../../fleet/nats/server/connection.ts';
import type { RecorderStatus } from '../../trace/record/protocol.ts';
import { formatCount, formatDuration } from '../../util/format.ts';
import { waitAtMost } from '../../util/wait.ts';
import type { RecordCompanion } from '../commands/record.ts';
import { natsAddress } from '../nats/nats-connection.ts';
import { OutageMessages } from './outage-messages.ts';

export type NatsPublisherOptions = {
  url: string;
  /** The path of the recording. */
  path: string;
  /** Interval of counters instead of events, ns. */
  pulseNs: bigint | undefined;
  gzip: boolean;
  /** Receives what has happened, one sentence each. */
  onMessage: (text: string) => void;
};

const defaultPulseMs = 5000;
/** How long the last records are published after the end of a recording. Later ones are by the next `--append`. */
const drainMs = 3000;
/** Time without an acknowledgement after which the status line shows it. */
const lateMs = 3000;

/**
 * Connects the publisher of `--publish nats://…`. Does not wait for a server that cannot be reached, so that recording
 * starts. @throws UsageError, NatsError if the server refuses
 */
export const openNatsPublisher = async (options: NatsPublisherOptions): Promise<RecordCompanion> => {
  const companion = new NatsCompanion(options);
  await companion.connected;
  return companion;
};

class NatsCompanion implements RecordCompanion {
  /** Resolves when there is a connection, or none for now. */
  readonly connected: Promise<void>;
  readonly #options: NatsPublisherOptions;
  readonly #stopping = new AbortController();
  readonly #connection: Promise<Connection>;
  #recorderStatus: (() => RecorderStatus) | undefined;
  #publisher: Publisher | undefined;
  #running: Promise<void> | undefined;
  #isFinishing = false;
  /** Whether the first attempt to connect succeeded. */
  #isReachable = true;
  #problem: string | undefined;
  readonly #messages: OutageMessages;

  constructor(options: NatsPublisherOptions) {
    this.#options = options;
    this.#messages = new OutageMessages(options.onMessage);
    let onUnreachable = () => {};
    const unreachable = new Promise<void>((resolve) => {
      onUnreachable = resolve;
    });
    this.#connection = Connection.open(natsAddress(options.url, '--publish'), {
      name: 'publisher',
      signal: this.#stopping.signal,
      waits: true,
      onState: (problem) => {
        this.#setProblem(problem);
        if (problem === undefined) return;
        this.#isReachable = false;
        onUnreachable();
      },
    });
    this.connected = Promise.race([this.#connection.then(() => {}), unreachable]);
  }

  start({ status, fail }: { status: () => RecorderStatus; fail: (error: unknown) => void }): void {
    this.#recorderStatus = status;
    this.#running = this.#run().catch((error) => {
      if (this.#stopping.signal.aborted) return;
      // A recording that has ended cannot fail any more.
      if (this.#isFinishing) this.#report((error as Error).message);
      else fail(error);
    });
  }

  summary(): string | undefined {
    const { published = 0, problem, acknowledgedMs } = this.#publisher?.status ?? {};
    const cause = this.#problem ?? problem;
    this.#report(cause);
    const behind = this.#recordsBehind();
    const lag = behind > 0 ? `, ${formatCount(behind, 'record')} behind` : '';
    const waitedMs = acknowledgedMs === undefined ? 0 : performance.now() - acknowledgedMs;
    if (cause === undefined || behind <= 0) return `published ${formatCount(published, 'record')}${lag}`;
    const since =
      waitedMs > lateMs
        ? `no acknowledgement for ${formatDuration(BigInt(Math.round(waitedMs / 1e3)) * 1_000_000_000n)}`
        : 'not published';
    return `${since}${lag} (${cause})`;
  }

  async stop(): Promise<void> {
    this.#isFinishing = true;
    this.#publisher?.finish();
    if (this.#problem !== undefined) this.#stopping.abort();
    await waitAtMost(this.#running ?? Promise.resolve(), drainMs);
    this.#stopping.abort();
    // A request under way would wait for the server as long as its timeout.
    const connection = this.#publisher && (await this.#connection);
    await connection?.close();
    await this.#running;
    const { path, pulseNs, onMessage } = this.#options;
    const left = this.#recordsBehind();
    if (pulseNs === undefined && left > 0)
      onMessage(`${path}: ${formatCount(left, 'record')} not published (record --append publishes them)`);
  }

  async #run(): Promise<void> {
    const { path, pulseNs, gzip, onMessage } = this.#options;
    const connection = await this.#connection;
    this.#publisher = new Publisher({
      path,
      connection,
      events: pulseNs === undefined,
      pulseMs: pulseNs === undefined ? defaultPulseMs : Number(pulseNs / 1_000_000n),
      gzip,
      failsEarly: this.#isReachable,
      signal: this.#stopping.signal,
      onReport: onMessage,
    });
    if (this.#isFinishing) this.#publisher.finish();
    await this.#publisher.run();
  }

  #recordsBehind(): number {
    return (this.#recorderStatus?.().records ?? 0) - (this.#publisher?.status.published ?? 0);
  }

  #setProblem(problem: string | undefined): void {
    this.#problem = problem;
    this.#report(problem);
  }

  #report(problem: string | undefined): void {
    this.#messages.update(problem, performance.now(), this.#publisher?.status.acknowledgedMs);
  }
}
