/** The keys of every event: the process (`pid`, the kernel's tgid), the thread (`tid`), and when it happened. */
type Task = {
  pid: number;
  tid: number;
  /** CLOCK_MONOTONIC, ns. */
  timeNs: bigint;
};

/** A new process, or a new thread if `tid` differs from `pid`. The parent of a thread is the parent of its process. */
export type ForkEvent = Task & { type: 'fork'; parentPid: number; parentTid: number };
/** A program was executed. The event has no name. */
export type ExecEvent = Task & { type: 'exec' };
/** A thread changed its own name, or had it changed in /proc/PID/comm. */
export type CommEvent = Task & { type: 'comm'; comm: Uint8Array };
/** The effective user of a thread changed. */
export type UidEvent = Task & { type: 'uid'; uid: number };
/** A thread exited. `status` is the wait status: exit code times 256, or a signal, plus 128 for a core dump. */
export type ExitEvent = Task & { type: 'exit'; status: number };

/** An event of the kernel's process connector (linux/cn_proc.h). */
export type KernelEvent = ForkEvent | ExecEvent | CommEvent | UidEvent | ExitEvent;
