import type { Msg } from '@nats-io/transport-node';
import { sleep } from '../../../util/wait.ts';
import type { Connection } from '../server/connection.ts';
import { RequestError } from '../server/connection-faults.ts';
import {
  type ConsumerConfig,
  createConsumer,
  type Delivery,
  deleteConsumer,
  getStream,
  parseDelivery,
  requestMessages,
  startingAt,
} from '../server/jetstream.ts';

export type PullOptions = {
  connection: Connection;
  stream: string;
  /** Where to start, at first. */
  start: ConsumerConfig;
  signal: AbortSignal;
  onMessage: (message: Msg, delivery: Delivery) => void;
  /** Receives why nothing is delivered, and undefined once it is. */
  onProblem: (error: unknown) => void;
  /** Called when the stream was deleted and created again, or has lost its newest messages. */
  onStreamLoss: (reason: 'recreated' | 'rewound') => void;
  /** Called once, when all messages that were in the stream at the start are delivered. */
  onCaughtUp?: () => void;
};

/** Bounds of a request for messages: what is on its way to a viewer that does not keep up. */
const pullMessages = 1000;
const pullBytes = 4 * 2 ** 20;
const pullExpiresNs = 30_000_000_000;
const heartbeatNs = 3_000_000_000;
/** Time without a heartbeat after which the consumer is assumed to be lost, ms. */
const heartbeatTimeoutMs = 8000;
const checkIntervalMs = 200;
const streamCheckIntervalMs = 5000;
const retryMs = 1000;
/** How far the newest messages may be lost: the server writes them to disk every two minutes. */
const unsyncedNs = 150_000_000_000n;

/** Requests messages of a stream, a bounded number at a time. Continues after the last one when a consumer is lost. */
export class PullConsumer {
  readonly #options: PullOptions;
  #start: ConsumerConfig;
  #created: string | undefined;
  #last: Delivery | undefined;
  /** The last message of the previous consumer, which the new one delivers again. */
  #verify: Delivery | undefined;
  #name = '';
  #received = 0;
  #heardMs = 0;
  #isLost = false;
  #isCaughtUp = false;

  constructor(options: PullOptions) {
    this.#options = options;
    this.#start = options.start;
  }

  /** Delivers messages until the signal aborts. */
  async run(): Promise<void> {
    const { connection, signal } = this.#options;
    const { inbox, end } = connection.subscribe((message) => this.#receive(message, inbox));
    try {
      while (!signal.aborted) {
        await connection.connected(signal);
        if (signal.aborted) break;
        try {
          const { losses } = connection;
          await this.#open();
          this.#pull(inbox);
          await this.#watch(losses);
        } catch (error) {
          if (!(error instanceof RequestError && error.kind === 'disconnected')) {
            this.#options.onProblem(error);
            await sleep(retryMs, signal);
          }
        }
      }
    } finally {
      end();
      if (connection.isConnected && this.#name !== '')
        await deleteConsumer(connection, this.#options.stream, this.#name).catch(() => {});
    }
  }

  async #open(): Promise<void> {
    const { connection, stream } = this.#options;
    const last = this.#last;
    const info = await getStream(connection, stream);
    if (!info) throw new RequestError('no-stream', `the stream ${stream} does not exist`);
    if (this.#created !== undefined && this.#created !== info.created) {
      this.#last = undefined;
      this.#options.onStreamLoss('recreated');
    }
    // Messages that arrive while it is requested may be newer.
    if (this.#last && last && info.state.last_seq < last.sequence) this.#rewind(last);
    const isFirst = this.#created === undefined;
    this.#verify = this.#last;
    const config: ConsumerConfig = this.#last
      ? { deliver_policy: 'by_start_sequence', opt_start_seq: this.#last.sequence }
      : isFirst
        ? this.#start
        : { deliver_policy: 'all' };
    const { filter_subject } = this.#start;
    this.#isLost = false;
    const consumer = await createConsumer(connection, stream, {
      ...config,
      ...(filter_subject && { filter_subject }),
    });
    this.#created = info.created;
    this.#name = consumer.name;
    this.#heardMs = performance.now();
    this.#options.onProblem(undefined);
    if (consumer.num_pending === 0) this.#catchUp();
  }

  /** Returns when the consumer is lost. `losses`: those of the connection when it was created. */
  async #watch(losses: number): Promise<void> {
    const { connection, stream, signal } = this.#options;
    let streamCheckMs = performance.now() + streamCheckIntervalMs;
    // A connection that was lost and established again has lost the consumer.
    while (!signal.aborted && !this.#isLost && connection.losses === losses) {
      await sleep(checkIntervalMs, signal);
      const nowMs = performance.now();
      if (nowMs - this.#heardMs > heartbeatTimeoutMs) return;
      if (nowMs < streamCheckMs) continue;
      streamCheckMs = nowMs + streamCheckIntervalMs;
      const sequence = this.#last?.sequence ?? 0;
      const info = await getStream(connection, stream);
      if (!info || info.created !== this.#created || info.state.last_seq < sequence) return;
    }
  }

  #pull(inbox: string): void {
    const { connection, stream } = this.#options;
    this.#received = 0;
    requestMessages(
      connection,
      { stream, consumer: this.#name, inbox },
      {
        batch: pullMessages,
        max_bytes: Math.max(pullBytes, 2 * connection.maxPayload),
        expires: pullExpiresNs,
        idle_heartbeat: heartbeatNs,
      },
    );
  }

  #receive(message: Msg, inbox: string): void {
    this.#heardMs = performance.now();
    const delivery = parseDelivery(message.reply);
    if (!delivery) {
      this.#receiveStatus(message, inbox);
      return;
    }
    this.#received++;
    if (this.#isLost || !this.#isExpected(delivery)) return;
    this.#options.onMessage(message, delivery);
    this.#last = delivery;
    if (delivery.pending === 0) this.#catchUp();
    if (this.#received === pullMessages) this.#pull(inbox);
  }

  /** Checks the first message of a new consumer, which is the last one of the previous one. */
  #isExpected(delivery: Delivery): boolean {
    const verify = this.#verify;
    this.#verify = undefined;
    if (!verify) return true;
    if (delivery.sequence === verify.sequence && delivery.timeNs === verify.timeNs) return false;
    // A higher number: the message is older than the stream retains. Another time: another message has its number now.
    if (delivery.sequence > verify.sequence) return true;
    this.#isLost = true;
    this.#rewind(verify);
    return false;
  }

  /** Lets the next consumer start before the messages that the server may have lost. */
  #rewind({ timeNs }: Delivery): void {
    this.#last = undefined;
    this.#created = undefined;
    this.#start = {
      ...this.#start,
      ...startingAt(timeNs - unsyncedNs),
    };
    this.#options.onStreamLoss('rewound');
  }

  #receiveStatus({ headers, data }: Msg, inbox: string): void {
    if (!headers || data.length > 0 || headers.code === 100) return;
    // 404 and 408: the request has expired. 409: its bytes are used up, or the consumer was deleted.
    const isOver = headers.code === 404 || headers.code === 408 || /max ?bytes/i.test(headers.description);
    if (isOver) this.#pull(inbox);
    else this.#isLost = true;
  }

  #catchUp(): void {
    if (this.#isCaughtUp) return;
    this.#isCaughtUp = true;
    this.#options.onCaughtUp?.();
  }
}
