import type { Libc } from './libc.ts';

/** Size and fields of struct pidfd_info (linux/pidfd.h) as of Linux 6.16, offsets in bytes. */
const info = { size: 72, mask: 0, exitCode: 60 };
/** _IOWR(0xff, 11, struct pidfd_info) */
const getInfo = 0xc048ff0b;
const maskExit = 8;
const maskCoredump = 16;

/** The functions that pidfds need. */
export type PidfdLibc = Pick<Libc, 'pidfdOpen' | 'ioctl' | 'close'>;

/** Reads information about processes from their pidfds. */
export class PidfdInfo {
  readonly #libc: PidfdLibc;
  readonly #bytes = new Uint8Array(new ArrayBuffer(info.size));
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(libc: PidfdLibc) {
    this.#libc = libc;
  }

  /**
   * Returns whether the kernel keeps the exit status of processes. Linux 6.15 does as well, but its status is wrong if
   * the main thread exits before others. Linux 6.16 is recognized by the next field of the struct.
   */
  isSupported(ownPid: number): boolean {
    const fd = this.#libc.pidfdOpen(ownPid);
    if (fd < 0) return false;
    const mask = this.#read(fd, maskExit | maskCoredump);
    this.#libc.close(fd);
    return mask !== undefined && (mask & maskCoredump) !== 0;
  }

  /** Returns the status of a process as waitpid(2) does; undefined until it is reaped. */
  waitStatus(fd: number): number | undefined {
    const mask = this.#read(fd, maskExit);
    return mask !== undefined && (mask & maskExit) !== 0
      ? this.#view.getInt32(info.exitCode, true)
      : undefined;
  }

  /** Returns which fields the kernel filled in. */
  #read(fd: number, mask: number): number | undefined {
    this.#view.setUint32(info.mask, mask, true);
    this.#view.setUint32(info.mask + 4, 0, true);
    return this.#libc.ioctl(fd, getInfo, this.#bytes) < 0 ? undefined : this.#view.getUint32(info.mask, true);
  }
}
