import type { ReplayCommand } from '../../domain/replay.ts';

/** What a player has to do next; it takes a moment, in which more may be asked. */
export type Errand =
  | { kind: 'step'; events: number }
  | { kind: 'time'; atNs: bigint }
  | (ReplayCommand & { kind: 'find'; do: 'gap' | 'comm' | 'pid' });

export type Span = { fromNs: bigint; toNs: bigint; nowNs: bigint };

const share = ({ fromNs, toNs }: Span, part: number): bigint =>
  (BigInt(Math.round(part * 1e6)) * (toNs - fromNs)) / 1_000_000n;

/** One errand for what was asked before and what is asked now: keys held down must not queue up. */
export const merged = (
  waiting: Errand | undefined,
  command: ReplayCommand,
  span: Span,
): Errand | undefined => {
  const nowNs = waiting?.kind === 'time' ? waiting.atNs : span.nowNs;
  switch (command.do) {
    case 'step':
      return { kind: 'step', events: command.events + (waiting?.kind === 'step' ? waiting.events : 0) };
    case 'seek':
      return { kind: 'time', atNs: command.toNs };
    case 'scrub':
      return { kind: 'time', atNs: within(nowNs + share(span, command.share), span) };
    case 'moveTo':
      return { kind: 'time', atNs: span.fromNs + share(span, command.share) };
    case 'gap':
    case 'comm':
    case 'pid':
      return { kind: 'find', ...command };
    default:
      return waiting;
  }
};

/** The nearest moment that is not outside. */
export const within = (atNs: bigint, { fromNs, toNs }: Omit<Span, 'nowNs'>): bigint =>
  atNs < fromNs ? fromNs : atNs > toNs ? toNs : atNs;
