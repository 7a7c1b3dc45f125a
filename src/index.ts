/** The library: the walker, the event types, live capture, and the trace format. */
export { checkGuest, type GuestCheck } from './capture/guest-check.ts';
export { type LiveOptions, openLive } from './capture/live-source.ts';
export type * from './domain/events/event.ts';
export type * from './domain/events/record.ts';
export type * from './domain/source/event-source.ts';
export { ProcError } from './proc/errors.ts';
export type { ProcReader } from './proc/reader.ts';
export { ProcWalker, type WalkerOptions } from './proc/walker.ts';
export { type Decoded, decode } from './trace/format/decode.ts';
export { encode, encodeStrict } from './trace/format/encode.ts';
export { TraceError } from './trace/format/errors.ts';
