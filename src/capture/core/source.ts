/** The sources of process events: the kernel, polling /proc, or the kernel where it allows that and /proc elsewhere. */
export const sourceNames = ['auto', 'kernel', 'proc'] as const;
export type SourceName = (typeof sourceNames)[number];

export const defaultSource: SourceName = 'auto';

/** The source that was asked for is not available. The message is the reason, without a full stop. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
