import type { Libc, MessageBatch, MessageBatchOptions } from './libc.ts';
import type { ForeignFunctions } from './libc-functions.ts';
import { createBytes, MmsgBatch } from './message-batch.ts';

const eintr = 4;
const pollin = 1;
const msgDontwait = 0x40;
/** With this flag, the length of a datagram includes the part that was cut off. */
const msgTrunc = 0x20;
/** The numbers of system calls. Those of the first are the same on every processor. */
const sysPidfdOpen = 434n;
const sysSchedSetattr = process.arch === 'arm64' ? 274n : 314n;
const sysSchedGetattr = process.arch === 'arm64' ? 275n : 315n;
const ownThread = 0n;
const nullAddress = 0n;

/** Offsets in struct pollfd, in bytes. */
const pollfd = { size: 8, fd: 0, events: 4 };

/** libc, called through a foreign function interface. */
export class ForeignLibc implements Libc {
  readonly name: string;
  readonly #foreign: ForeignFunctions;
  readonly #pollfd = new DataView(createBytes(pollfd.size).buffer);
  readonly #pollfdAddress: bigint;
  readonly #length = new DataView(createBytes(4).buffer);
  readonly #lengthAddress: bigint;

  constructor(foreign: ForeignFunctions) {
    this.name = foreign.name;
    this.#foreign = foreign;
    this.#pollfdAddress = foreign.addressOf(new Uint8Array(this.#pollfd.buffer));
    this.#lengthAddress = foreign.addressOf(new Uint8Array(this.#length.buffer));
    this.#pollfd.setInt16(pollfd.events, pollin, true);
  }

  socket(domain: number, type: number, protocol: number): number {
    return this.#result(this.#foreign.functions.socket(domain, type, protocol));
  }

  bind(fd: number, address: Uint8Array): number {
    const { functions, addressOf } = this.#foreign;
    return this.#result(functions.bind(fd, addressOf(address), address.length));
  }

  send(fd: number, message: Uint8Array, flags: number): number {
    const { functions, addressOf } = this.#foreign;
    const address = addressOf(message);
    const length = BigInt(message.length);
    for (;;) {
      const result = this.#result(functions.send(fd, address, length, flags));
      if (result !== -eintr) return result;
    }
  }

  setsockopt(fd: number, level: number, option: number, value: Uint8Array): number {
    const { functions, addressOf } = this.#foreign;
    return this.#result(functions.setsockopt(fd, level, option, addressOf(value), value.length));
  }

  getsockopt(fd: number, level: number, option: number, value: Uint8Array): number {
    const { functions, addressOf } = this.#foreign;
    this.#length.setUint32(0, value.length, true);
    const result = functions.getsockopt(fd, level, option, addressOf(value), this.#lengthAddress);
    return result === 0 ? this.#length.getUint32(0, true) : this.#result(result);
  }

  poll(fd: number, timeoutMs: number): number {
    this.#pollfd.setInt32(pollfd.fd, fd, true);
    const result = this.#result(this.#foreign.functions.poll(this.#pollfdAddress, 1n, timeoutMs));
    // Not repeated: with a signal every millisecond, as from a profiler, it would never end.
    return result === -eintr ? 0 : result;
  }

  createMessageBatch(options: MessageBatchOptions): MessageBatch {
    return new MmsgBatch(options, this.#foreign.addressOf);
  }

  recvmmsg(fd: number, batch: MessageBatch): number {
    const { address, messages } = batch as MmsgBatch;
    for (;;) {
      const result = this.#result(
        this.#foreign.functions.recvmmsg(fd, address, messages, msgDontwait | msgTrunc, nullAddress),
      );
      if (result !== -eintr) {
        (batch as MmsgBatch).reset(result);
        return result;
      }
    }
  }

  // Not repeated after EINTR: Linux has closed the descriptor then.
  close(fd: number): number {
    return this.#result(this.#foreign.functions.close(fd));
  }

  pidfdOpen(pid: number): number {
    return this.#result(this.#foreign.functions.syscall(sysPidfdOpen, BigInt(pid), 0n, 0n, 0n));
  }

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    const { functions, addressOf } = this.#foreign;
    return this.#result(functions.ioctl(fd, BigInt(request), addressOf(argument)));
  }

  schedGetattr(attributes: Uint8Array): number {
    const { functions, addressOf } = this.#foreign;
    const size = BigInt(attributes.length);
    return this.#result(functions.syscall(sysSchedGetattr, ownThread, addressOf(attributes), size, 0n));
  }

  schedSetattr(attributes: Uint8Array): number {
    const { functions, addressOf } = this.#foreign;
    return this.#result(functions.syscall(sysSchedSetattr, ownThread, addressOf(attributes), 0n, 0n));
  }

  /** Returns the result of a function, or -errno instead of -1. */
  #result(result: number | bigint): number {
    return Number(result) === -1 ? -this.#foreign.errno() : Number(result);
  }
}
