/** The types of parameters and results. Addresses and longs are bigints. */
export type CType = 'int' | 'long' | 'address';

/** The libc functions to look up: the type of the result, then the types of the parameters. */
export const signatures = {
  socket: ['int', ['int', 'int', 'int']],
  bind: ['int', ['int', 'address', 'int']],
  send: ['long', ['int', 'address', 'long', 'int']],
  setsockopt: ['int', ['int', 'int', 'int', 'address', 'int']],
  getsockopt: ['int', ['int', 'int', 'int', 'address', 'address']],
  poll: ['int', ['address', 'long', 'int']],
  recvmmsg: ['int', ['int', 'address', 'int', 'int', 'address']],
  close: ['int', ['int']],
  ioctl: ['int', ['int', 'long', 'address']],
  // glibc has functions of their own only later: pidfd_open since 2.36, sched_setattr since 2.41.
  syscall: ['long', ['long', 'long', 'long', 'long', 'long']],
} as const satisfies Record<string, readonly [CType, readonly CType[]]>;

type Value<T extends CType> = T extends 'int' ? number : bigint;
type Values<T extends readonly CType[]> = { -readonly [Index in keyof T]: Value<T[Index]> };

/** The libc functions. A result of -1 is an error. */
export type LibcFunctions = {
  readonly [Name in keyof typeof signatures]: (
    ...values: Values<(typeof signatures)[Name][1]>
  ) => number | bigint;
};

/** A foreign function interface. */
export type ForeignFunctions = {
  /** Name and version: `koffi 3.3.4`. */
  readonly name: string;
  readonly functions: LibcFunctions;
  /** Returns the address of the first byte. It is valid as long as the caller keeps `bytes`. */
  addressOf(bytes: Uint8Array): bigint;
  /** Returns the errno of the last call on this thread. */
  errno(): number;
};
