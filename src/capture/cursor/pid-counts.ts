/**
 * The number of allocated PIDs by what they were resolved to. At any moment
 * `allocated + explicit = alreadyInUse + ownChildren + processes + threads + missed + notSpawned + pending`,
 * where pending is the number of PIDs that are not resolved yet (`PendingPids`).
 */
export type PidCounts = {
  /** PIDs that the counter passed. */
  allocated: number;
  /** Processes found by a walk whose PID the counter never passed: clone3 with set_tid, restored checkpoints. */
  explicit: number;
  /** PIDs that the counter skipped because they were in use. */
  alreadyInUse: number;
  /** Children of churntop, where they are not reported. */
  ownChildren: number;
  processes: number;
  threads: number;
  /** PIDs that were never observed: the task exited between two samples. */
  missed: number;
  /** PIDs that the counter passed without a spawn: the fork failed, or the counter was set (ns_last_pid). */
  notSpawned: number;
};

export const createPidCounts = (): PidCounts => ({
  allocated: 0,
  explicit: 0,
  alreadyInUse: 0,
  ownChildren: 0,
  processes: 0,
  threads: 0,
  missed: 0,
  notSpawned: 0,
});

/** Returns how many processes and threads of the guest were spawned since the start, without churntop's own children. */
export const spawnedByGuest = ({
  allocated,
  explicit,
  alreadyInUse,
  notSpawned,
  ownChildren,
}: PidCounts): number => allocated + explicit - alreadyInUse - notSpawned - ownChildren;
