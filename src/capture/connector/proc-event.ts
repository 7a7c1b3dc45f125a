import type { KernelEvent } from '../kernel/kernel-event.ts';

/** The reply of the kernel to a request. All subscribers receive it, so `number` shows whose request it was. */
export type Acknowledgement = {
  /** The number of the request, plus 1. */
  number: number;
  /** errno of a refused request, or 0. */
  errno: number;
};

/** A message of the kernel's process connector. */
export type ConnectorMessage = {
  cpu: number;
  /** Number of the message among those of its CPU; it wraps around at 2^32. */
  sequence: number;
  /** CLOCK_MONOTONIC, ns. */
  timeNs: bigint;
  /** Absent in an acknowledgement, and in a message of a kind that churntop does not use. */
  event?: KernelEvent;
  acknowledgement?: Acknowledgement;
};

/** `struct nlmsghdr` of linux/netlink.h: length, type, flags, sequence, port. */
const netlinkHeader = { bytes: 16, length: 0, type: 4 } as const;
/** `struct cn_msg` of linux/connector.h: id (two numbers), sequence, acknowledgement, length, flags. */
const connectorHeader = { bytes: 20, idx: 0, val: 4, sequence: 8, acknowledgement: 12, length: 16 } as const;
/** `struct proc_event` of linux/cn_proc.h: kind, CPU, time, and the data of the kind. */
const eventHeader = { bytes: 16, kind: 0, cpu: 4, time: 8 } as const;

const netlinkDone = 3;
/** CN_IDX_PROC and CN_VAL_PROC. */
const processConnector = 1;

/** `enum proc_cn_event` */
const kinds = {
  acknowledgement: 0,
  fork: 0x1,
  exec: 0x2,
  uid: 0x4,
  comm: 0x200,
  exit: 0x8000_0000,
} as const;

/** Size of the data of each kind, bytes. Later kernels may append fields. */
const dataBytes: ReadonlyMap<number, number> = new Map([
  [kinds.acknowledgement, 4],
  [kinds.fork, 16],
  [kinds.exec, 8],
  [kinds.uid, 16],
  [kinds.comm, 24],
  [kinds.exit, 12],
]);

const maxCommBytes = 16;

/** Returns a copy of the name, which ends before its first zero byte. */
const readComm = (view: DataView, at: number): Uint8Array => {
  const field = new Uint8Array(view.buffer, view.byteOffset + at, maxCommBytes);
  const end = field.indexOf(0);
  return field.slice(0, end < 0 ? maxCommBytes : end);
};

/** Returns the event; undefined for a kind that churntop does not use. `at`: offset of the data. */
const readEvent = (view: DataView, kind: number, at: number, timeNs: bigint): KernelEvent | undefined => {
  const number = (index: number) => view.getUint32(at + 4 * index, true);
  switch (kind) {
    case kinds.fork:
      return {
        type: 'fork',
        pid: number(3),
        tid: number(2),
        timeNs,
        parentPid: number(1),
        parentTid: number(0),
      };
    case kinds.exec:
      return { type: 'exec', pid: number(1), tid: number(0), timeNs };
    case kinds.uid:
      return { type: 'uid', pid: number(1), tid: number(0), timeNs, uid: number(3) };
    case kinds.comm:
      return { type: 'comm', pid: number(1), tid: number(0), timeNs, comm: readComm(view, at + 8) };
    case kinds.exit:
      return { type: 'exit', pid: number(1), tid: number(0), timeNs, status: number(2) };
    default:
      return undefined;
  }
};

/** Decodes `struct cn_msg` and its event. Returns undefined if they do not fit. `at`, `end`: offsets. */
const readMessage = (view: DataView, at: number, end: number): ConnectorMessage | 'foreign' | undefined => {
  const eventAt = at + connectorHeader.bytes;
  if (eventAt > end) return undefined;
  const number = (offset: number) => view.getUint32(offset, true);
  if (number(at + connectorHeader.idx) !== processConnector) return 'foreign';
  if (number(at + connectorHeader.val) !== processConnector) return 'foreign';
  const eventEnd = eventAt + view.getUint16(at + connectorHeader.length, true);
  const dataAt = eventAt + eventHeader.bytes;
  if (eventEnd > end || dataAt > eventEnd) return undefined;
  const kind = number(eventAt + eventHeader.kind);
  if (dataAt + (dataBytes.get(kind) ?? 0) > eventEnd) return undefined;

  const timeNs = view.getBigUint64(eventAt + eventHeader.time, true);
  const message: ConnectorMessage = {
    cpu: number(eventAt + eventHeader.cpu),
    sequence: number(at + connectorHeader.sequence),
    timeNs,
  };
  if (kind === kinds.acknowledgement) {
    const request = number(at + connectorHeader.acknowledgement);
    message.acknowledgement = { number: request, errno: number(dataAt) };
  } else {
    const event = readEvent(view, kind, dataAt, timeNs);
    if (event) message.event = event;
  }
  return message;
};

/**
 * Decodes the netlink messages of one datagram and appends them to `messages`. Skips messages of other connectors.
 * Returns the number of malformed messages; the rest of the datagram after a wrong length counts as one.
 * `end`: offset after the datagram in `view`.
 */
export const decodeDatagram = (
  view: DataView,
  start: number,
  end: number,
  messages: ConnectorMessage[],
): number => {
  let malformed = 0;
  let at = start;
  while (at < end) {
    if (at + netlinkHeader.bytes > end) return malformed + 1;
    const length = view.getUint32(at + netlinkHeader.length, true);
    if (length < netlinkHeader.bytes || length > end - at) return malformed + 1;
    if (view.getUint16(at + netlinkHeader.type, true) === netlinkDone) {
      const message = readMessage(view, at + netlinkHeader.bytes, at + length);
      if (message === undefined) malformed++;
      else if (message !== 'foreign') messages.push(message);
    }
    // Messages start at multiples of 4 bytes.
    at += (length + 3) & ~3;
  }
  return malformed;
};
