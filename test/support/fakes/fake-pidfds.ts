import { constants } from 'node:os';
import type { PidfdLibc } from '../../../src/native/pidfd-info.ts';

const { EMFILE, ENOTTY, ESRCH } = constants.errno;
/** Masks of struct pidfd_info: what the kernel returns for a process of its own accord. */
const always = 7;
const exit = 8;
const coredump = 16;

/** A kernel that opens pidfds and keeps the exit statuses of processes. */
export class FakePidfds implements PidfdLibc {
  /** `6.12` has no information about pidfds, `6.15` has the exit status, `6.16` also coredumps. */
  version: '6.12' | '6.15' | '6.16' = '6.16';
  maxOpen = Number.POSITIVE_INFINITY;
  readonly #statuses = new Map<number, number | undefined>();
  readonly #open = new Map<number, { pid: number; status: () => number | undefined }>();
  #nextFd = 100;

  /** The PIDs of open pidfds. */
  get open(): number[] {
    return [...this.#open.values()].map(({ pid }) => pid);
  }

  spawn(...pids: number[]): void {
    for (const pid of pids) this.#statuses.set(pid, undefined);
  }

  /** Lets a process exit and be reaped. */
  exit(pid: number, status: number): void {
    for (const [fd, open] of this.#open)
      if (open.pid === pid) this.#open.set(fd, { pid, status: () => status });
    this.#statuses.delete(pid);
  }

  pidfdOpen(pid: number): number {
    if (!this.#statuses.has(pid)) return -ESRCH;
    if (this.#open.size >= this.maxOpen) return -EMFILE;
    const fd = this.#nextFd++;
    this.#open.set(fd, { pid, status: () => undefined });
    return fd;
  }

  ioctl(fd: number, _request: number, argument: Uint8Array): number {
    const open = this.#open.get(fd);
    if (!open || this.version === '6.12') return -ENOTTY;
    const view = new DataView(argument.buffer);
    const wanted = view.getUint32(0, true);
    const status = open.status();
    const has = (status === undefined ? 0 : exit) | (this.version === '6.16' ? coredump : 0);
    view.setUint32(0, always | (wanted & has), true);
    view.setInt32(60, status ?? 0, true);
    return 0;
  }

  close(fd: number): number {
    if (!this.#open.delete(fd)) throw new Error(`descriptor ${fd} is not open`);
    return 0;
  }
}
