import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type TailLines, TraceTail } from '../../../trace/tail/trace-tail.ts';
import { formatCount } from '../../../util/format.ts';
import { sleep } from '../../../util/wait.ts';
import { systemFleetClock } from '../../core/fleet-clock.ts';
import type { Connection } from '../server/connection.ts';
import { RequestError } from '../server/connection-faults.ts';
import { NatsError } from '../server/errors.ts';
import {
  getLastMessage,
  JetStreamError,
  jetStreamCodes,
  probeSubject,
  publishMessage,
} from '../server/jetstream.ts';
import { describeStreamFault, isSetupFault } from '../server/stream-faults.ts';
import { messageHeaders, subjectOf } from '../server/subjects.ts';
import { NowPublisher } from './now-publisher.ts';
import { type GuestClock, PublishedState } from './published-state.ts';
import type { PublisherOptions, PublisherStatus } from './publisher-options.ts';
import { hasRecentHeader } from './recent-header.ts';

const maxBatchBytes = 256 * 1024;
const minBatchBytes = 16 * 1024;
const batchIntervalMs = 250;
const defaultAcknowledgeTimeoutMs = 5000;
const retryMs = { first: 1000, max: 30_000 };

/** The recorder whose records are published: where its subject and its file continue. */
type Target = { recorder: string; subject: string; sequence: number };

/**
 * Publishes the records of a file, batch by batch, each after the acknowledgement of the previous one. The file is the
 * queue: after an outage it continues with the record that follows the server's last message.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #connection: Connection;
  readonly #tail: TraceTail;
  readonly #clock: GuestClock;
  readonly #startWallNs: bigint;
  readonly #now: NowPublisher;
  #target: Target | undefined;
  #state: PublishedState;
  #maxBytes = maxBatchBytes;
  /** Distinguishes messages from deleted ones, and from those of another guest, with the same ID. */
  #idPrefix = '';
  #isFinishing = false;
  #hasAcknowledgement = false;
  readonly #status: PublisherStatus;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#tail = new TraceTail(options.path);
    this.#clock = options.clock ?? systemFleetClock;
    this.#startWallNs = this.#clock.wallNs();
    this.#state = new PublishedState(this.#clock);
    this.#now = new NowPublisher(options);
    this.#status = { published: 0, missing: 0, acknowledgedMs: performance.now(), problem: undefined };
  }

  get status(): PublisherStatus {
    return this.#options.events ? this.#status : { ...this.#status, ...this.#now.status };
  }

  /**
   * Publishes until the signal aborts, or until everything is published after `finish`.
   * @throws NatsError if the server's setup does not allow the first message
   */
  async run(): Promise<void> {
    const { signal, events } = this.#options;
    try {
      if (!events) await this.#tail.seekNewest();
      while (!signal.aborted) {
        const startMs = performance.now();
        const wasFinishing = this.#isFinishing;
        const found = await this.#publishNext();
        const isBehind = found === 'many';
        await this.#now.publishDue(this.#state, { isBehind, isFinal: false });
        if (found === 'none' && wasFinishing) break;
        if (wasFinishing) continue;
        if (!isBehind) await sleep(Math.max(20, startMs + batchIntervalMs - performance.now()), signal);
      }
      if (!signal.aborted) await this.#now.publishDue(this.#state, { isBehind: false, isFinal: true });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#tail.close();
    }
  }

  /** Lets `run` end once the file is published. */
  finish(): void {
    this.#isFinishing = true;
  }

  /** Publishes the next lines. Returns how many there were. */
  async #publishNext(): Promise<'none' | 'few' | 'many'> {
    const limit = Math.min(this.#maxBytes, this.#connection.maxDataBytes);
    const lines = await this.#tail.read(limit);
    if (!lines) return 'none';
    if (lines.recorder !== this.#target?.recorder && !(await this.#openRecorder(lines))) return 'many';
    if (lines.missing > 0) this.#reportMissing(lines);
    if (lines.isContext || !this.#options.events) this.#state.apply(lines.bytes, lines.lastSeq);
    else await this.#ship(lines);
    // A batch that is not full is all there is. The next one fills up meanwhile.
    const isFull = lines.bytes.length > limit / 2;
    return isFull || lines.isContext || !this.#options.events ? 'many' : 'few';
  }

  /** Continues with another recorder. Returns whether its lines are to be published from the first one on. */
  async #openRecorder({ host, recorder, bytes }: TailLines): Promise<boolean> {
    this.#state = new PublishedState(this.#clock);
    const subject = subjectOf(host, recorder, 'events');
    this.#target = { recorder, subject, sequence: 0 };
    this.#now.setRecorder(host, recorder);
    if (!this.#options.events) return true;
    const last = await this.#retry(subject, async () => {
      await probeSubject(this.#connection, subject);
      return getLastMessage(this.#connection, subject);
    });
    this.#target.sequence = last?.sequence ?? 0;
    // Old recorders are published only if the server knows them.
    if (!last && hasRecentHeader(bytes, this.#startWallNs)) return true;
    await this.#tail.seek({ recorder, seq: last?.to ?? Number.POSITIVE_INFINITY });
    return false;
  }

  /** Publishes lines until they are acknowledged, or continues elsewhere in the file. */
  async #ship(lines: TailLines): Promise<void> {
    const target = this.#target as Target;
    const { gzip, acknowledgeTimeoutMs = defaultAcknowledgeTimeoutMs } = this.#options;
    const data = gzip ? gzipSync(lines.bytes, { level: 1 }) : lines.bytes;
    const headers = {
      [messageHeaders.id]: `${this.#idPrefix}${lines.recorder}:${lines.firstSeq}`,
      [messageHeaders.expectedSequence]: String(target.sequence),
      [messageHeaders.to]: String(lines.lastSeq),
      ...(gzip && { [messageHeaders.encoding]: 'gzip' }),
    };
    const acknowledgement = await this.#retry(target.subject, async () => {
      try {
        return await publishMessage(this.#connection, target.subject, {
          data,
          headers,
          timeoutMs: acknowledgeTimeoutMs,
        });
      } catch (error) {
        const code = error instanceof JetStreamError ? error.code : undefined;
        if (code === jetStreamCodes.wrongLastSequence) return 'elsewhere' as const;
        if (code === jetStreamCodes.tooLarge && this.#maxBytes > minBatchBytes) return 'too-large' as const;
        throw error;
      }
    });
    if (acknowledgement === 'too-large') {
      this.#maxBytes /= 2;
      await this.#rewind(lines.firstSeq - 1);
    } else if (acknowledgement === 'elsewhere' || acknowledgement.duplicate) {
      if (acknowledgement !== 'elsewhere') this.#idPrefix = `${randomBytes(4).toString('hex')}.`;
      await this.#resume(lines);
    } else this.#accept(lines, acknowledgement.seq);
  }

  #accept(lines: TailLines, sequence: number): void {
    (this.#target as Target).sequence = sequence;
    this.#state.apply(lines.bytes, lines.lastSeq);
    this.#hasAcknowledgement = true;
    this.#status.published = lines.lastSeq + 1;
    this.#status.acknowledgedMs = performance.now();
  }

  /** Continues after the server's last message, which is not the one that was expected. */
  async #resume(lines: TailLines): Promise<void> {
    const target = this.#target as Target;
    const last = await this.#retry(target.subject, () => getLastMessage(this.#connection, target.subject));
    const to = last?.to ?? -1;
    // The message was stored, and its acknowledgement was lost.
    if (last && to >= lines.lastSeq) return this.#accept(lines, last.sequence);
    target.sequence = last?.sequence ?? 0;
    const lost = lines.firstSeq - 1 - to;
    if (lost > 0)
      this.#options.onReport(
        `${this.#connection.label}: the server has lost ${formatCount(lost, 'acknowledged record')}; they are sent again`,
      );
    await this.#rewind(to);
  }

  async #rewind(seq: number): Promise<void> {
    this.#state = new PublishedState(this.#clock);
    await this.#tail.seek({ recorder: (this.#target as Target).recorder, seq });
  }

  #reportMissing({ missing }: TailLines): void {
    this.#status.missing += missing;
    const { path, onReport } = this.#options;
    onReport(`${path}: ${formatCount(missing, 'record')} deleted before they were published`);
  }

  /** Repeats a request until it is answered. @throws NatsError for a fault of the setup before the first answer */
  async #retry<T>(subject: string, request: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    for (let delayMs = retryMs.first; ; delayMs = Math.min(retryMs.max, delayMs * 2)) {
      await this.#connection.connected(signal);
      signal.throwIfAborted();
      try {
        const answer = await request();
        this.#status.problem = undefined;
        return answer;
      } catch (error) {
        if (error instanceof RequestError && ['disconnected', 'closed'].includes(error.kind)) {
          await sleep(50, signal);
          continue;
        }
        const problem = await describeStreamFault(error, subject, this.#connection);
        if (isSetupFault(error) && this.#options.failsEarly && !this.#hasAcknowledgement)
          throw new NatsError(problem);
        this.#status.problem = problem;
        // An answer that is not in time has been waited for already.
        if (isSetupFault(error)) await sleep(delayMs, signal);
      }
    }
  }
}
