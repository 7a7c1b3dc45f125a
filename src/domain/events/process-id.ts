/** The identity of a process until the next reboot. The start time is part of it because PIDs are reused. */
export type ProcessId = { pid: number; startTicks: number | undefined };

/** Returns a process as a map key: `4242@93417`, or `4242@?` if the start time is unknown. */
export const processKey = ({ pid, startTicks }: ProcessId): string => `${pid}@${startTicks ?? '?'}`;

/** Parses a key returned by `processKey`; undefined for any other key. */
export const parseProcessKey = (key: string): ProcessId | undefined => {
  const [, pid, ticks] = /^(\d+)@(\d+|\?)$/.exec(key) ?? [];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), startTicks: ticks === '?' ? undefined : Number(ticks) };
};
