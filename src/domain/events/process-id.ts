/** A PID alone is reused; with its start time it is one process until the guest reboots. */
export type ProcessId = { pid: number; startTicks: number | undefined };

/** A process as a map key: `4242@93417`, or `4242@?` when the start time could not be read. */
export const processKey = ({ pid, startTicks }: ProcessId): string => `${pid}@${startTicks ?? '?'}`;

/** The identity a key was made of; undefined where it is none of a process. */
export const parseProcessKey = (key: string): ProcessId | undefined => {
  const [, pid, ticks] = /^(\d+)@(\d+|\?)$/.exec(key) ?? [];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), startTicks: ticks === '?' ? undefined : Number(ticks) };
};
