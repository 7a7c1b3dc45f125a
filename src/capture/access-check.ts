import type { CaptureMode } from '../domain/events/event.ts';
import { tryRead } from '../proc/errors.ts';
import { ExitCodeAccess } from '../proc/exit-code-access.ts';
import type { ProcReader } from '../proc/reader.ts';
import { isExiting, isKernelThread } from '../proc/stat.ts';

/** What this user may know about the processes of this guest. */
export type GuestAccess = {
  /**
   * Whose exit status is known: of all processes; of those that were seen alive; of zombies; of this user's zombies.
   */
  exitStatus: 'all' | 'seenAlive' | 'zombies' | 'ownZombies';
  /** Whether the arguments of other users' processes can be read. */
  otherArguments: boolean;
  /** Whether processes have a cgroup. */
  cgroups: boolean;
  /** Whether CPU time and memory of a process of this user, and of one of another user, could be read. Undefined: none is listed. */
  ownUsage: boolean | undefined;
  otherUsage: boolean | undefined;
};

/** Returns whether the kernel keeps the exit status of processes for a pidfd. */
const keepsExitStatus = async (): Promise<boolean> => {
  try {
    const [{ loadLibc }, { PidfdInfo }] = await Promise.all([
      import('../native/load-libc.ts'),
      import('../native/pidfd-info.ts'),
    ]);
    return new PidfdInfo(loadLibc()).isSupported(process.pid);
  } catch {
    return false;
  }
};

const isReadable = (proc: ProcReader, file: string): boolean =>
  tryRead(() => {
    const fd = proc.openFile(file);
    try {
      return proc.readInto(fd);
    } finally {
      proc.close(fd);
    }
  }) !== undefined;

/** Maximum number of processes at each end of the listing that are read to find one of this user and one of another. */
const maxUsageReads = 256;

/**
 * Reads stat files until one of this user and one of another user was tried. A process that runs always has memory, so that 0
 * means that the kernel does not report it.
 */
export const checkUsage = (
  proc: ProcReader,
  ownUid = process.geteuid?.(),
): Pick<GuestAccess, 'ownUsage' | 'otherUsage'> => {
  let ownUsage: boolean | undefined;
  let otherUsage: boolean | undefined;
  const pids = proc.listPids();
  for (const pid of [...pids.slice(0, maxUsageReads), ...pids.slice(-maxUsageReads)]) {
    if (ownUsage && otherUsage) break;
    const reading = tryRead(() => proc.readProcess(pid));
    if (reading === 'hidden') otherUsage ??= false;
    if (typeof reading !== 'object' || isKernelThread(reading.stat) || isExiting(reading.stat)) continue;
    const hasUsage = reading.stat.rssPages > 0;
    if (reading.uid === ownUid) ownUsage ||= hasUsage;
    else if (reading.uid !== undefined) otherUsage ||= hasUsage;
  }
  return { ownUsage, otherUsage };
};

/** Finds out what this user may know. `mayUsePidfds` is whether the sampler of this mode would use them. */
export const checkAccess = async (
  proc: ProcReader,
  { mode, mayUsePidfds }: { mode: CaptureMode; mayUsePidfds: boolean },
): Promise<GuestAccess> => ({
  exitStatus: await exitStatusAccess(proc, mode, mayUsePidfds),
  otherArguments: isReadable(proc, '1/cmdline'),
  cgroups: isReadable(proc, '1/cgroup') || isReadable(proc, 'self/cgroup'),
  ...checkUsage(proc),
});

const exitStatusAccess = async (
  proc: ProcReader,
  mode: CaptureMode,
  mayUsePidfds: boolean,
): Promise<GuestAccess['exitStatus']> => {
  if (mode === 'kernel') return 'all';
  if (mayUsePidfds && (await keepsExitStatus())) return 'seenAlive';
  // The user of no process: readable only with the right to trace all of them.
  return new ExitCodeAccess(proc).isReadable(1, undefined) ? 'zombies' : 'ownZombies';
};
