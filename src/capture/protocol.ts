import type { Batch, SourceInfo, SourceStatus } from '../domain/source.ts';

/** What the sampling thread is started with: plain values, they cross a thread boundary. */
export type SamplerOptions = {
  /** The proc root. */
  root: string;
  /** A fixed time between looks, ns; undefined lets the pace adapt. */
  intervalNs: bigint | undefined;
  info: SourceInfo;
};

/** What the sampling thread posts. Errors cross as their facts; an Error instance would lose its class. */
export type SamplerMessage =
  | { type: 'batch'; batch: Batch }
  | { type: 'status'; status: SourceStatus }
  | { type: 'failed'; message: string; path: string | undefined; code: string | undefined };
