import { blockedThreads } from '../../util/blocked-threads.ts';

/** The type of `process.execve`, which ends all threads. It exists since Node 22.15 and 23.11. */
type Execve = (file: string, args: readonly string[]) => void;

/**
 * Exits with this code. `process.exit` waits for all threads, so it would hang if one of them is blocked in a read. The
 * process is then replaced by one that only exits, or killed where Node cannot do this.
 */
export const exitProcess = (code: number): void => {
  if (blockedThreads.size === 0) process.exit(code);
  // Runs the exit handlers, which restore the terminal.
  process.emit('exit', code);
  const { execve } = process as { execve?: Execve };
  try {
    execve?.call(process, '/bin/sh', ['sh', '-c', `exit ${code}`]);
  } catch {
    // No shell: the process is killed.
  }
  // Without handlers, the signal ends the process immediately. systemd treats it as a normal exit.
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
};
