import { constants } from 'node:os';
import type { Libc, MessageBatch } from '../../native/libc.ts';
import { connectorErrorOf } from './connector-error.ts';
import { type ConnectorMessage, decodeDatagram } from './proc-event.ts';

const { EAGAIN, EINTR, ENOBUFS } = constants.errno;

const afNetlink = 16;
const sockDgram = 2;
const sockNonblock = 0o4000;
const sockCloexec = 0o2000000;
const netlinkConnector = 11;

const solSocket = 1;
const soRcvbuf = 8;
/** Like SO_RCVBUF, but without the limit of net.core.rmem_max. Needs CAP_NET_ADMIN. */
const soRcvbufForce = 33;
const soMeminfo = 55;
const solNetlink = 270;
const netlinkBroadcastError = 4;
const netlinkNoEnobufs = 5;

/** Size of `struct sockaddr_nl`: family, padding, port, groups. */
const addressBytes = 12;
const portOffset = 4;
const kernelPort = 0;
/** CN_IDX_PROC, as a bit mask of multicast groups. */
const processGroup = 1;

/** The values of SO_MEMINFO, and the index of the number of dropped messages. */
const meminfoValues = 9;
const dropsIndex = 8;

const messagesPerCall = 256;
/** The kernel's messages have 76 bytes. */
const messageBytes = 256;

/** `enum proc_cn_mcast_op` */
export const operations = { listen: 1, ignore: 2 } as const;

/** Returns a `struct sockaddr_nl` of the group of process events. The kernel chooses the port. */
const groupAddress = (): Uint8Array => {
  const view = new DataView(new ArrayBuffer(addressBytes));
  view.setUint16(0, afNetlink, true);
  view.setUint32(8, processGroup, true);
  return new Uint8Array(view.buffer);
};

/** Returns a netlink message with a request to the process connector. */
const requestMessage = (operation: number, number: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(40));
  view.setUint32(0, view.byteLength, true);
  view.setUint16(4, 3, true); // NLMSG_DONE
  view.setUint32(16, 1, true); // CN_IDX_PROC
  view.setUint32(20, 1, true); // CN_VAL_PROC
  view.setUint32(28, number, true);
  view.setUint16(32, 4, true);
  view.setUint32(36, operation, true);
  return new Uint8Array(view.buffer);
};

const integer = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

/** A netlink socket of the process connector. Only the messages of the kernel are received. */
export class ConnectorSocket {
  readonly #libc: Libc;
  readonly #batch: MessageBatch;
  readonly #content: DataView;
  readonly #addresses: DataView;
  readonly #meminfo = new Uint32Array(meminfoValues);
  #fd: number;

  /** Opens the socket and joins the group. `receiveBufferBytes`: the kernel doubles it. @throws ConnectorError */
  constructor(libc: Libc, receiveBufferBytes: number) {
    this.#libc = libc;
    this.#fd = libc.socket(afNetlink, sockDgram | sockCloexec | sockNonblock, netlinkConnector);
    if (this.#fd < 0) throw connectorErrorOf('socket', -this.#fd);
    this.#setOptions(receiveBufferBytes);
    const bound = libc.bind(this.#fd, groupAddress());
    if (bound < 0) {
      this.close();
      throw connectorErrorOf('bind', -bound);
    }
    this.#batch = libc.createMessageBatch({ messages: messagesPerCall, messageBytes, addressBytes });
    const { content, addresses } = this.#batch;
    this.#content = new DataView(content.buffer, content.byteOffset, content.byteLength);
    this.#addresses = new DataView(addresses.buffer, addresses.byteOffset, addresses.byteLength);
  }

  /** Sends a request with a number. That of the acknowledgement is one more. @throws ConnectorError */
  send(operation: number, number: number): void {
    const sent = this.#libc.send(this.#fd, requestMessage(operation, number), 0);
    if (sent < 0) throw connectorErrorOf('send', -sent);
  }

  /**
   * Waits until a message is queued, for at most `ms`, rounded up. Returns early after a signal. @throws ConnectorError
   */
  wait(ms: number): void {
    // poll(2) takes whole milliseconds. Rounded down, the caller would poll without waiting until its time.
    const ready = this.#libc.poll(this.#fd, Math.ceil(ms));
    if (ready < 0 && ready !== -EINTR) throw connectorErrorOf('poll', -ready);
  }

  /**
   * Receives queued messages, of up to 256 datagrams, and appends them to `messages`. Returns whether more may be queued.
   * @throws ConnectorError
   */
  receive(messages: ConnectorMessage[]): boolean {
    const count = this.#libc.recvmmsg(this.#fd, this.#batch);
    if (count === -EAGAIN) return false;
    // After ENOBUFS, the kernel has dropped messages, which are counted otherwise.
    if (count === -EINTR || count === -ENOBUFS) return true;
    if (count < 0) throw connectorErrorOf('receive', -count);
    for (let index = 0; index < count; index++) {
      if (this.#addresses.getUint32(index * addressBytes + portOffset, true) !== kernelPort) continue;
      const start = index * messageBytes;
      const end = start + Math.min(this.#batch.lengthOf(index), messageBytes);
      // A malformed message leaves a hole in the sequence numbers, so it counts as lost.
      decodeDatagram(this.#content, start, end, messages);
    }
    return count === messagesPerCall;
  }

  /** Returns the number of messages that the kernel dropped since the socket was opened, modulo 2^32; undefined if unknown. */
  drops(): number | undefined {
    const bytes = new Uint8Array(this.#meminfo.buffer);
    const length = this.#libc.getsockopt(this.#fd, solSocket, soMeminfo, bytes);
    return length < bytes.length ? undefined : this.#meminfo[dropsIndex];
  }

  /** Closes the socket. Further calls have no effect. */
  close(): void {
    if (this.#fd >= 0) this.#libc.close(this.#fd);
    this.#fd = -1;
  }

  /** Sets options that improve the capture. It works without them, so their errors are ignored. */
  #setOptions(receiveBufferBytes: number): void {
    const set = (level: number, option: number, value: number) =>
      this.#libc.setsockopt(this.#fd, level, option, integer(value));
    if (set(solSocket, soRcvbufForce, receiveBufferBytes) < 0) set(solSocket, soRcvbuf, receiveBufferBytes);
    // Without it, a full queue drops all messages until it is empty.
    set(solNetlink, netlinkNoEnobufs, 1);
    // Linux 6.6.13 to 6.6.17 and 6.7.1 to 6.7.5 stop all events after a full queue without it.
    set(solNetlink, netlinkBroadcastError, 1);
  }
}
