import { tryRead } from './errors.ts';
import type { ProcReader } from './reader.ts';

/**
 * Inode numbers of the first namespaces, which are fixed (linux/proc_ns.h). The task count in the first PID namespace
 * includes no other namespace.
 */
export const firstNamespaces = { pid: 'pid:[4026531836]', user: 'user:[4026531837]' } as const;

/** What a proc root shows about the kernel's process events. A value is undefined where it cannot be read. */
export type KernelEventSupport = {
  /** Whether the kernel has the process connector. Other network namespaces do not show it. */
  hasConnector: boolean | undefined;
  /** Whether this process is in the first PID namespace. */
  inFirstPidNamespace: boolean | undefined;
  /** Whether this process is in the first user namespace. */
  inFirstUserNamespace: boolean | undefined;
};

/** Reads what `/proc` shows about the kernel's process events, without opening a socket. */
export const readKernelEventSupport = (
  proc: Pick<ProcReader, 'readLink' | 'readText'>,
): KernelEventSupport => {
  const isFirst = (name: keyof typeof firstNamespaces): boolean | undefined => {
    const namespace = tryRead(() => proc.readLink(`self/ns/${name}`));
    return namespace === undefined ? undefined : namespace === firstNamespaces[name];
  };
  const callbacks = tryRead(() => proc.readText('net/connector'));
  return {
    hasConnector: callbacks === undefined ? undefined : /^cn_proc\s/m.test(callbacks),
    inFirstPidNamespace: isFirst('pid'),
    inFirstUserNamespace: isFirst('user'),
  };
};
