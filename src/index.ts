/** The library: the walker, the events it makes, where they can come from, and how they are written down. */
export { checkGuest, type GuestCheck } from './capture/check.ts';
export { type LiveOptions, openLive } from './capture/client.ts';
export type * from './domain/event.ts';
export type * from './domain/record.ts';
export type * from './domain/source.ts';
export { ProcError } from './proc/errors.ts';
export type { Proc } from './proc/reader.ts';
export { ProcWalker, type WalkerOptions } from './proc/walker.ts';
export { type Decoded, decode, encode, encodeStrict } from './trace/codec.ts';
export { TraceError } from './trace/errors.ts';
