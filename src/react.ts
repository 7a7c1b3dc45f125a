/** The React hook, and live capture for it. */
export { type LiveOptions, openLive } from './capture/live-source.ts';
export { type ProcWalkerView, useProcWalker } from './hooks/use-proc-walker.ts';
