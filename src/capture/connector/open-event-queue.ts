import type { Libc } from '../../native/libc.ts';
import { readKernelEventSupport } from '../../proc/kernel-event-support.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { EventQueue } from '../kernel/event-queue.ts';
import type { KernelEvent } from '../kernel/kernel-event.ts';
import { ConnectorError, connectorErrorOf } from './connector-error.ts';
import { ConnectorSocket, operations } from './connector-socket.ts';
import type { ConnectorMessage } from './proc-event.ts';
import { SequenceTracker } from './sequence-tracker.ts';

/** The kernel doubles it. An event takes some 830 bytes, so that 8 MiB contain about 10,000. */
const defaultReceiveBufferBytes = 4 << 20;
/** Number of events after which `drain` returns, so that it ends while events arrive faster than they are read. */
const drainLimit = 8192;
/** The kernel acknowledges while it handles the request, so nothing is gained by a longer wait. */
const acknowledgementTimeoutNs = 200_000_000n;
const noEvents: readonly KernelEvent[] = [];
/** An acknowledgement is lost like every other message when the queue is full. */
const maxAttempts = 3;

export type EventQueueOptions = {
  libc: Libc;
  /** A reader of the directory /proc. It shows why the kernel does not acknowledge. */
  proc: Pick<ProcReader, 'readLink' | 'readText'>;
  /** CLOCK_MONOTONIC, ns. */
  nowNs?: () => bigint;
  /** Size of the socket's receive buffer, bytes. The kernel doubles it, and limits it to net.core.rmem_max. */
  receiveBufferBytes?: number;
};

/**
 * Subscribes to the process events of the kernel. Only the acknowledgement of this request proves that the events of
 * this PID namespace arrive. @throws ConnectorError with the reason if they do not
 */
export const openEventQueue = (options: EventQueueOptions): EventQueue => {
  const queue = new ConnectorQueue(options);
  try {
    queue.subscribe();
    return queue;
  } catch (error) {
    queue.close();
    throw error;
  }
};

class ConnectorQueue implements EventQueue {
  readonly #socket: ConnectorSocket;
  readonly #proc: EventQueueOptions['proc'];
  readonly #nowNs: () => bigint;
  readonly #sequences = new SequenceTracker();
  /** Messages of one call; empty between the calls. */
  readonly #messages: ConnectorMessage[] = [];
  /** Events that were received and not yet returned. */
  #pending: KernelEvent[] = [];
  /** Number of the acknowledgement that is expected, and its message. */
  #expected = -1;
  #acknowledgement: ConnectorMessage | undefined;
  /** The last value of the drop counter, which wraps around at 2^32, and its sum. */
  #lastDrops = 0;
  #drops = 0;
  #lost = 0;
  #closed = false;

  constructor({ libc, proc, nowNs = process.hrtime.bigint, receiveBufferBytes }: EventQueueOptions) {
    this.#socket = new ConnectorSocket(libc, receiveBufferBytes ?? defaultReceiveBufferBytes);
    this.#proc = proc;
    this.#nowNs = nowNs;
  }

  wait(ms: number): void {
    if (this.#pending.length === 0) this.#socket.wait(ms);
  }

  drain(): readonly KernelEvent[] {
    if (this.#pending.length < drainLimit) this.#receiveAll();
    if (this.#pending.length === 0) return noEvents;
    const events = this.#pending;
    this.#pending = [];
    return events;
  }

  lostEvents(): number {
    if (!this.#closed) this.#readDrops();
    // Sequence numbers show a loss after the next message of the CPU, the drop counter shows it at once.
    this.#lost = Math.max(this.#lost, this.#drops, this.#sequences.missing());
    return this.#lost;
  }

  /** Subscribes for the first time. @throws ConnectorError without the proof of an acknowledgement */
  subscribe(): void {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const outcome = this.#request();
      if (outcome === 'acknowledged') return;
      if (outcome === 'ignored') break;
    }
    throw this.#refusal();
  }

  subscribeAgain(): void {
    // Messages that are lost show that the kernel still sends them.
    if (this.#request() === 'ignored') throw this.#refusal();
  }

  close(): void {
    if (this.#closed) return;
    this.lostEvents();
    this.#closed = true;
    try {
      // The kernel creates no events without subscribers, so it counts them.
      this.#socket.send(operations.ignore, 0);
    } catch {
      // The socket is closed in any case.
    }
    this.#socket.close();
  }

  /** Receives what is queued, up to some 8,000 events. */
  #receiveAll(): void {
    const limit = this.#pending.length + drainLimit;
    while (this.#pending.length < limit && this.#receive());
  }

  /** Receives up to 256 messages and keeps their events. Returns whether more may be queued. */
  #receive(): boolean {
    const hasMore = this.#socket.receive(this.#messages);
    for (const message of this.#messages) {
      this.#sequences.record(message.cpu, message.sequence);
      if (message.event) this.#pending.push(message.event);
      else if (message.acknowledgement?.number === this.#expected) this.#acknowledgement = message;
    }
    this.#messages.length = 0;
    return hasMore;
  }

  #readDrops(): void {
    const drops = this.#socket.drops() ?? this.#lastDrops;
    this.#drops += (drops - this.#lastDrops) >>> 0;
    this.#lastDrops = drops;
  }

  /** Sends a request and waits for its acknowledgement. @throws ConnectorError if it is refused */
  #request(): 'acknowledged' | 'lost' | 'ignored' {
    // The queue may be full, and has to have room for the acknowledgement.
    this.#receiveAll();
    const lost = this.lostEvents();
    const number = Math.floor(Math.random() * 2 ** 32);
    this.#expected = (number + 1) >>> 0;
    this.#acknowledgement = undefined;
    const sentNs = this.#nowNs();
    this.#socket.send(operations.listen, number);
    const message = this.#awaitAcknowledgement(sentNs + acknowledgementTimeoutNs, lost);
    if (!message) return this.lostEvents() > lost ? 'lost' : 'ignored';
    const errno = message.acknowledgement?.errno;
    if (errno) throw connectorErrorOf('subscribe', errno);
    if (message.timeNs < sentNs || message.timeNs > this.#nowNs())
      throw new ConnectorError('clock', 'the clock of process events differs (another time namespace)');
    return 'acknowledged';
  }

  /** Receives messages until the acknowledgement, or until the time. @throws ConnectorError if none can follow */
  #awaitAcknowledgement(untilNs: bigint, lost: number): ConnectorMessage | undefined {
    for (;;) {
      const hasMore = this.#receive();
      if (this.#acknowledgement) return this.#acknowledgement;
      const leftNs = untilNs - this.#nowNs();
      if (leftNs <= 0n) return undefined;
      if (hasMore) continue;
      // It may be among the lost messages.
      if (this.lostEvents() > lost) return undefined;
      const refusal = this.#refusal();
      if (refusal.refusal !== 'no-acknowledgement') throw refusal;
      this.#socket.wait(Math.ceil(Number(leftNs) / 1e6));
    }
  }

  /** Returns why the kernel does not acknowledge, as far as /proc shows it. */
  #refusal(): ConnectorError {
    const support = readKernelEventSupport(this.#proc);
    if (support.hasConnector === false)
      return new ConnectorError('unsupported', 'this kernel has no process connector');
    if (support.inFirstPidNamespace === false)
      return new ConnectorError('pid-namespace', 'process events exist only in the first PID namespace');
    if (support.inFirstUserNamespace === false)
      return new ConnectorError('user-namespace', 'process events exist only in the first user namespace');
    return new ConnectorError('no-acknowledgement', 'the kernel does not acknowledge');
  }
}
