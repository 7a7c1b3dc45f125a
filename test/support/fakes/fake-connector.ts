import type { KernelEvent } from '../../../src/capture/kernel/kernel-event.ts';
import type { Libc, MessageBatch, MessageBatchOptions } from '../../../src/native/libc.ts';
import { connectorMessage, eventKinds, eventMessage } from '../fixtures/connector-messages.ts';
import { createManualClock } from './manual-clock.ts';

type Call = 'socket' | 'bind' | 'send' | 'setsockopt' | 'getsockopt' | 'poll' | 'recvmmsg';

type FakeBatch = MessageBatch & { lengths: number[] };

const eagain = -11;
const soMeminfo = 55;
const operations = ['', 'listen', 'ignore'];

/** A kernel with a process connector, behind libc. Its queue has `capacity` messages. */
export class FakeConnector implements Libc {
  readonly name = 'fake';
  readonly clock = createManualClock();
  /** Results of the next calls, in order; an empty list leaves the call to the fake. */
  readonly results: Partial<Record<Call, number[]>> = {};
  /** Requests, in order. */
  readonly requests: string[] = [];
  readonly openFds = new Set<number>();
  /** How the kernel answers a request: undefined, or the errno in the acknowledgement. */
  acknowledges: number | undefined = 0;
  /** Added to the times of events. */
  clockOffsetNs = 0n;
  capacity = 1000;
  /** Port of the sender of the next messages; 0 is the kernel. */
  port = 0;
  drops = 0;
  readonly #sequences: number[] = [];
  #queue: { bytes: readonly number[]; port: number }[] = [];
  #nextFd = 100;

  /** Sets the sequence number of the next message of a CPU. */
  setSequence(cpu: number, sequence: number): void {
    this.#sequences[cpu] = sequence;
  }

  /** Queues an event, or drops it when the queue is full. Both use up a sequence number. */
  emit(event: KernelEvent, cpu = 0): void {
    this.queue(eventMessage(event, { cpu, sequence: this.#nextSequence(cpu) }));
  }

  /** Queues a datagram, or drops it when the queue is full. */
  queue(bytes: readonly number[]): void {
    if (this.#queue.length < this.capacity) this.#queue.push({ bytes, port: this.port });
    else this.drops = (this.drops + 1) >>> 0;
  }

  /** Queues an acknowledgement, which goes to all subscribers. */
  acknowledge(number: number, errno = 0): void {
    const options = { acknowledgement: number, timeNs: this.clock.nowNs() + this.clockOffsetNs };
    const sequence = this.#nextSequence(0);
    this.queue(connectorMessage(eventKinds.acknowledgement, [errno], { ...options, sequence }));
  }

  socket(): number {
    const fd = this.#result('socket') ?? this.#nextFd++;
    if (fd >= 0) this.openFds.add(fd);
    return fd;
  }

  bind(): number {
    return this.#result('bind') ?? 0;
  }

  send(_fd: number, message: Uint8Array): number {
    const result = this.#result('send');
    if (result !== undefined) return result;
    const view = new DataView(message.buffer, message.byteOffset);
    this.requests.push(operations[view.getUint32(36, true)] ?? '?');
    if (this.acknowledges !== undefined)
      this.acknowledge((view.getUint32(28, true) + 1) >>> 0, this.acknowledges);
    return message.length;
  }

  setsockopt(): number {
    return this.#result('setsockopt') ?? 0;
  }

  getsockopt(_fd: number, _level: number, option: number, value: Uint8Array): number {
    if (option === soMeminfo) new DataView(value.buffer, value.byteOffset).setUint32(32, this.drops, true);
    return this.#result('getsockopt') ?? value.length;
  }

  poll(_fd: number, timeoutMs: number): number {
    const result = this.#result('poll');
    if (result !== undefined) return result;
    if (this.#queue.length > 0) return 1;
    this.clock.advance(timeoutMs);
    return 0;
  }

  createMessageBatch(options: MessageBatchOptions): MessageBatch {
    const lengths: number[] = [];
    const batch: FakeBatch = {
      ...options,
      content: new Uint8Array(options.messages * options.messageBytes),
      addresses: new Uint8Array(options.messages * options.addressBytes),
      lengths,
      lengthOf: (index) => lengths[index] ?? 0,
    };
    return batch;
  }

  recvmmsg(_fd: number, batch: MessageBatch): number {
    const result = this.#result('recvmmsg');
    if (result !== undefined) return result;
    const received = this.#queue.splice(0, batch.messages);
    received.forEach(({ bytes, port }, index) => {
      batch.content.set(bytes.slice(0, batch.messageBytes), index * batch.messageBytes);
      (batch as FakeBatch).lengths[index] = bytes.length;
      new DataView(batch.addresses.buffer).setUint32(index * batch.addressBytes + 4, port, true);
    });
    return received.length || eagain;
  }

  close(fd: number): number {
    return this.openFds.delete(fd) ? 0 : -9;
  }

  pidfdOpen(): number {
    return -1;
  }

  ioctl(): number {
    return -1;
  }

  schedGetattr(): number {
    return -1;
  }

  schedSetattr(): number {
    return -1;
  }

  #nextSequence(cpu: number): number {
    const sequence = this.#sequences[cpu] ?? 1000;
    this.#sequences[cpu] = (sequence + 1) >>> 0;
    return sequence;
  }

  #result(call: Call): number | undefined {
    return this.results[call]?.shift();
  }
}
