/** A PID alone is reused; with its start time it is one process until the guest reboots. */
export type Identity = { pid: number; startTicks: number | undefined };

/** A process as a map key: `4242@93417`, or `4242@?` when the start time could not be read. */
export const keyOf = ({ pid, startTicks }: Identity): string => `${pid}@${startTicks ?? '?'}`;
