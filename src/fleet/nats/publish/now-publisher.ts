import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { formatBytes, formatCount } from '../../../util/format.ts';
import { NatsError } from '../server/errors.ts';
import { publishMessage } from '../server/jetstream.ts';
import { describeStreamFault, isSetupFault } from '../server/stream-faults.ts';
import { formatPart, maxListParts, messageHeaders, type SubjectKind, subjectOf } from '../server/subjects.ts';
import type { PublishedState } from './published-state.ts';
import type { PublisherOptions, PublisherStatus } from './publisher-options.ts';

export type NowPublisherOptions = Pick<
  PublisherOptions,
  'connection' | 'events' | 'pulseMs' | 'failsEarly' | 'onReport'
>;

const aliveIntervalMs = 60_000;
const timeoutMs = 5000;
/** Larger messages are compressed. */
const compressBytes = 32 * 1024;

/** Publishes the newest counters and live processes of a recorder, which replace the previous ones. */
export class NowPublisher {
  readonly #options: NowPublisherOptions;
  #owner: { host: string; recorder: string } | undefined;
  #pulseDueMs = 0;
  #aliveDueMs = 0;
  #isPending = false;
  #hasAcknowledgement = false;
  #lastReport: string | undefined;
  /** `published`: the number of records that the last acknowledged counters include. */
  status: Omit<PublisherStatus, 'missing'>;

  constructor(options: NowPublisherOptions) {
    this.#options = options;
    this.status = { published: 0, acknowledgedMs: performance.now(), problem: undefined };
  }

  /** Sets the recorder of the following messages. */
  setRecorder(host: string, recorder: string): void {
    this.#owner = { host, recorder };
    this.#pulseDueMs = 0;
    this.#aliveDueMs = 0;
  }

  /**
   * Publishes what is due. Does not wait for the acknowledgement, except that of the first and of the final message.
   * @throws NatsError if the setup does not allow the first message and no events are published
   */
  async publishDue(
    state: PublishedState,
    { isBehind, isFinal }: { isBehind: boolean; isFinal: boolean },
  ): Promise<void> {
    const nowMs = performance.now();
    const { events, pulseMs, connection } = this.#options;
    if (!connection.isConnected || (this.#isPending && !isFinal)) return;
    // While it catches up, the state is old.
    const isPulseDue = !isBehind && (isFinal || nowMs >= this.#pulseDueMs);
    const isAliveDue = events && !isBehind && (isFinal || nowMs >= this.#aliveDueMs);
    const pulse = isPulseDue ? state.pulse() : undefined;
    const alive = isAliveDue ? state.alive(isFinal) : undefined;
    if (pulse !== undefined) this.#pulseDueMs = nowMs + pulseMs;
    if (alive !== undefined) this.#aliveDueMs = nowMs + aliveIntervalMs;
    if (pulse === undefined && alive === undefined) return;
    this.#isPending = true;
    const sent = this.#send({ pulse, alive }, (state.asOf ?? -1) + 1);
    if (isFinal || (!events && !this.#hasAcknowledgement)) await sent;
    // Faults of the server are in the status. Another error ends the program.
    else void sent;
  }

  async #send(
    messages: { pulse: string | undefined; alive: string | undefined },
    records: number,
  ): Promise<void> {
    try {
      for (const kind of ['pulse', 'alive'] as const) {
        const lines = messages[kind];
        if (lines !== undefined && !(await this.#publish(kind, lines))) return;
      }
      this.#hasAcknowledgement = true;
      this.status = { published: records, acknowledgedMs: performance.now(), problem: undefined };
    } finally {
      this.#isPending = false;
    }
  }

  /** Returns whether the message is acknowledged. */
  async #publish(kind: SubjectKind, lines: string): Promise<boolean> {
    const { connection, events, failsEarly } = this.#options;
    if (!this.#owner) return false;
    const subject = subjectOf(this.#owner.host, this.#owner.recorder, kind);
    const plain = Buffer.from(lines);
    const isCompressed = plain.length > Math.min(compressBytes, connection.maxDataBytes);
    const data = isCompressed ? gzipSync(plain) : plain;
    const total = Math.ceil(data.length / connection.maxDataBytes);
    const maxMessages = kind === 'alive' ? maxListParts : 1;
    if (total > maxMessages) {
      this.#report(
        `${connection.label}: the live processes take ${formatBytes(data.length)}, more than ${formatCount(maxMessages, 'message')}`,
      );
      return true;
    }
    const headers = isCompressed ? { [messageHeaders.encoding]: 'gzip' } : {};
    try {
      if (total === 1) await publishMessage(connection, subject, { data, headers, timeoutMs });
      else await this.#publishParts(subject, data, { headers, total });
      return true;
    } catch (error) {
      const problem = await describeStreamFault(error, subject, connection);
      this.status = { ...this.status, problem };
      if (!events && failsEarly && isSetupFault(error) && !this.#hasAcknowledgement)
        throw new NatsError(problem);
      if (isSetupFault(error)) this.#report(problem);
      return false;
    }
  }

  /** Publishes a list as parts, on subjects of their own. A reader that does not know them sees no list. */
  async #publishParts(
    subject: string,
    data: Uint8Array,
    { headers, total }: { headers: Readonly<Record<string, string>>; total: number },
  ): Promise<void> {
    const { connection } = this.#options;
    const list = randomBytes(4).toString('hex');
    const size = Math.ceil(data.length / total);
    for (let number = 1; number <= total; number++) {
      const part = formatPart({ list, number, total });
      await publishMessage(connection, `${subject}.${number}`, {
        data: data.subarray((number - 1) * size, number * size),
        headers: { ...headers, [messageHeaders.part]: part },
        timeoutMs,
      });
    }
  }

  /** Reports a problem once. */
  #report(text: string): void {
    if (text !== this.#lastReport) this.#options.onReport(text);
    this.#lastReport = text;
  }
}
