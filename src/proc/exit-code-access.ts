import { tryRead } from './errors.ts';
import type { ProcReader } from './reader.ts';

/**
 * Finds out whether an exit code of 0 in a stat line is the code. The kernel also prints 0 if this user may not trace the
 * process (ptrace(2), PTRACE_MODE_READ_FSCREDS). It checks the same before it resolves `ns/pid`, so a link that can be
 * read is the proof: it covers capabilities, user namespaces and security modules, too.
 */
export class ExitCodeAccess {
  readonly #proc: Pick<ProcReader, 'readLink'>;
  readonly #ownUid: number | undefined;
  #isPrivileged: boolean | undefined;

  /** `ownUid` is the effective user of this process. */
  constructor(proc: Pick<ProcReader, 'readLink'>, ownUid: number | undefined = process.geteuid?.()) {
    this.#proc = proc;
    this.#ownUid = ownUid;
  }

  /** Returns whether the exit code of a zombie with this effective user can be read. It costs a read of a link. */
  isReadable(pid: number, uid: number | undefined): boolean {
    if (uid !== this.#ownUid || uid === undefined) {
      // A refused read costs an exception, so processes of other users are read only if init can be read.
      this.#isPrivileged ??= this.#mayTrace(1);
      if (!this.#isPrivileged) return false;
    }
    return this.#mayTrace(pid);
  }

  #mayTrace(pid: number): boolean {
    return tryRead(() => this.#proc.readLink(`${pid}/ns/pid`)) !== undefined;
  }
}
