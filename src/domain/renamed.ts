import type { ExecEvent, SpawnedEvent } from './event.ts';

/** A birth as it would be told now that its process bears another name. */
export const renamed = (
  { comm_hex: _, args: __, args_cut: ___, ...birth }: SpawnedEvent,
  { guest_comm, comm_hex, guest_uid, args, args_cut, cgroup }: ExecEvent,
): SpawnedEvent => ({
  ...birth,
  guest_comm,
  ...(comm_hex !== undefined && { comm_hex }),
  ...(guest_uid !== undefined && { guest_uid }),
  ...(args !== undefined && { args }),
  ...(args_cut !== undefined && { args_cut }),
  ...(cgroup !== undefined && { cgroup }),
});
