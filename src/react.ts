/** The hook, and the source it watches by default. */
export { type LiveOptions, openLive } from './capture/client.ts';
export { type ProcWalkerView, useProcWalker } from './hooks/use-proc-walker.ts';
