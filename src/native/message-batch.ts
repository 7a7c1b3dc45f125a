import type { MessageBatch, MessageBatchOptions } from './libc.ts';

/** Sizes of structs and offsets of fields on 64-bit Linux, in bytes; see recvmmsg(2). */
const iovec = { size: 16, base: 0, length: 8 };
const mmsghdr = { size: 64, name: 0, nameLength: 8, iov: 16, iovLength: 24, length: 56 };

/** The buffers of `recvmmsg`, which contain each other's addresses. */
export class MmsgBatch implements MessageBatch {
  readonly messages: number;
  readonly messageBytes: number;
  readonly addressBytes: number;
  readonly content: Uint8Array;
  readonly addresses: Uint8Array;
  /** Address of the array of mmsghdr. */
  readonly address: bigint;
  readonly #headers: DataView;
  /** Referenced here so that they are not freed. */
  readonly #vectors: DataView;

  constructor(
    { messages, messageBytes, addressBytes }: MessageBatchOptions,
    addressOf: (bytes: Uint8Array) => bigint,
  ) {
    this.messages = messages;
    this.messageBytes = messageBytes;
    this.addressBytes = addressBytes;
    this.content = createBytes(messages * messageBytes);
    this.addresses = createBytes(messages * addressBytes);
    const headers = createBytes(messages * mmsghdr.size);
    const vectors = createBytes(messages * iovec.size);
    this.#headers = new DataView(headers.buffer);
    this.#vectors = new DataView(vectors.buffer);
    this.address = addressOf(headers);

    const [contentAt, addressesAt, vectorsAt] = [this.content, this.addresses, vectors].map(addressOf) as [
      bigint,
      bigint,
      bigint,
    ];
    for (let index = 0; index < messages; index++) {
      const vector = index * iovec.size;
      this.#vectors.setBigUint64(vector + iovec.base, contentAt + BigInt(index * messageBytes), true);
      this.#vectors.setBigUint64(vector + iovec.length, BigInt(messageBytes), true);
      const header = index * mmsghdr.size;
      this.#headers.setBigUint64(header + mmsghdr.name, addressesAt + BigInt(index * addressBytes), true);
      this.#headers.setUint32(header + mmsghdr.nameLength, addressBytes, true);
      this.#headers.setBigUint64(header + mmsghdr.iov, vectorsAt + BigInt(vector), true);
      this.#headers.setBigUint64(header + mmsghdr.iovLength, 1n, true);
    }
  }

  lengthOf(index: number): number {
    return this.#headers.getUint32(index * mmsghdr.size + mmsghdr.length, true);
  }

  /** Restores the lengths that the kernel overwrote in the first `count` headers. */
  reset(count: number): void {
    for (let index = 0; index < count; index++)
      this.#headers.setUint32(index * mmsghdr.size + mmsghdr.nameLength, this.addressBytes, true);
  }
}

/** Returns a buffer that V8 never moves. A small typed array without an ArrayBuffer of its own may be moved. */
export const createBytes = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(size));
