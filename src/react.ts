/** The hook, and the source it watches by default. */
export { type LiveOptions, openLive } from './capture/live-source.ts';
export { type ProcWalkerView, useProcWalker } from './hooks/use-proc-walker.ts';
