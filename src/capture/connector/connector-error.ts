import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';

/** Why the kernel's process events are not available. */
export type ConnectorRefusal =
  /** The kernel is older than Linux 6.6, and the user is not root. */
  | 'privilege'
  /** The kernel was built without the process connector. */
  | 'unsupported'
  /** A security policy forbids the socket. */
  | 'policy'
  | 'network-namespace'
  | 'pid-namespace'
  | 'user-namespace'
  /** The kernel did not acknowledge the subscription. */
  | 'no-acknowledgement'
  /** The times of events are not those of this process's clock. */
  | 'clock'
  /** A system call failed for another reason. */
  | 'system-call';

/** The kernel's process events are not available, or have ended. The message is a reason for the operator. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly refusal: ConnectorRefusal;

  constructor(refusal: ConnectorRefusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.refusal = refusal;
  }
}

const { EPERM, EACCES, EPROTONOSUPPORT, EAFNOSUPPORT, ENOSYS, ECONNREFUSED } = constants.errno;
/** Node has no constant for it. */
const ESOCKTNOSUPPORT = 94;

/** The steps of a subscription that can fail. */
export type ConnectorStep = 'socket' | 'bind' | 'send' | 'subscribe' | 'poll' | 'receive';

const refusals: Readonly<Record<ConnectorStep, Readonly<Record<number, [ConnectorRefusal, string]>>>> = {
  socket: {
    [EPROTONOSUPPORT]: ['unsupported', 'this kernel has no process connector'],
    [ESOCKTNOSUPPORT]: ['unsupported', 'this kernel has no process connector'],
    [EAFNOSUPPORT]: ['policy', 'netlink sockets are not permitted here'],
    [EPERM]: ['policy', 'netlink sockets are not permitted here'],
    [EACCES]: ['policy', 'netlink sockets are not permitted here'],
    [ENOSYS]: ['policy', 'netlink sockets are not permitted here'],
  },
  bind: {
    [EPERM]: ['privilege', 'before Linux 6.6, only root receives process events'],
    [EACCES]: ['policy', 'process events are not permitted here'],
  },
  send: {
    [ECONNREFUSED]: ['network-namespace', 'process events exist only in the first network namespace'],
    [EPERM]: ['policy', 'process events are not permitted here'],
    [EACCES]: ['policy', 'process events are not permitted here'],
  },
  subscribe: {
    [EPERM]: ['privilege', 'before Linux 6.6, only root receives process events'],
  },
  poll: {},
  receive: {},
};

const calls: Readonly<Record<ConnectorStep, string>> = {
  socket: 'cannot open a netlink socket',
  bind: 'cannot bind the netlink socket',
  send: 'cannot send to the process connector',
  subscribe: 'the kernel refuses process events',
  poll: 'cannot wait for process events',
  receive: 'cannot receive process events',
};

const nameOf = (errno: number): string => {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `errno ${errno}`;
  }
};

/** Returns the error of a failed step. `errno` is positive. */
export const connectorErrorOf = (step: ConnectorStep, errno: number): ConnectorError => {
  const [refusal, text] = refusals[step][errno] ?? ['system-call', calls[step]];
  return new ConnectorError(refusal, `${text} (${nameOf(errno)})`);
};
