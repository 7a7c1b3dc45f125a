/**
 * The libc functions that churntop calls, for kernel features that Node has no API for. A negative result is -errno.
 * Implementations call the library through a foreign function interface (`load-libc.ts`).
 */
export type Libc = {
  /** The library that calls libc, for `churntop check`: `koffi 3.3.4`. */
  readonly name: string;
  /** Returns a file descriptor. */
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array): number;
  send(fd: number, message: Uint8Array, flags: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** Writes the value to `value`. Returns its length. */
  getsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** Waits until `fd` is readable, for at most `timeoutMs`. Returns 1, or 0 after the timeout or a signal. */
  poll(fd: number, timeoutMs: number): number;
  /** Creates the buffers of `recvmmsg`. They are reused with each call. */
  createMessageBatch(options: MessageBatchOptions): MessageBatch;
  /** Receives the datagrams that are queued, as many as fit, without waiting. Returns their number, or -EAGAIN. */
  recvmmsg(fd: number, batch: MessageBatch): number;
  close(fd: number): number;
  /** Returns a file descriptor of the process. */
  pidfdOpen(pid: number): number;
  /** Calls ioctl with `argument`, which the kernel may change. */
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  /** Writes the scheduling attributes of the calling thread to `attributes`, a `struct sched_attr`. */
  schedGetattr(attributes: Uint8Array): number;
  schedSetattr(attributes: Uint8Array): number;
};

export type MessageBatchOptions = {
  /** Maximum number of datagrams in one call. */
  messages: number;
  /** Maximum size of a datagram, bytes. The rest is cut off. */
  messageBytes: number;
  /** Size of a sender's address, bytes. */
  addressBytes: number;
};

/** Datagrams, one after the other in fixed steps. */
export type MessageBatch = MessageBatchOptions & {
  /** All datagrams: number `i` starts at `i * messageBytes`. */
  readonly content: Uint8Array;
  /** All addresses of senders: number `i` starts at `i * addressBytes`. */
  readonly addresses: Uint8Array;
  /** Length of a datagram after `recvmmsg`, bytes. It is more than `messageBytes` if the rest was cut off. */
  lengthOf(index: number): number;
};
