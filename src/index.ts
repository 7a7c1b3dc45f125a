/** The library: the walker, the events it makes, where they can come from, and how they are written down. */
export { checkGuest, type GuestCheck } from './capture/guest-check.ts';
export { type LiveOptions, openLive } from './capture/live-source.ts';
export type * from './domain/events/event.ts';
export type * from './domain/events/record.ts';
export type * from './domain/source/event-source.ts';
export { ProcError } from './proc/errors.ts';
export type { ProcReader as Proc } from './proc/reader.ts';
export { ProcWalker, type WalkerOptions } from './proc/walker.ts';
export { type Decoded, decode, encode, encodeStrict } from './trace/format/codec.ts';
export { TraceError } from './trace/format/errors.ts';
