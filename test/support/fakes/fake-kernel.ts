import type { ProcFiles } from '../../../src/proc/proc-files.ts';
import { errnoError } from './fake-files.ts';

type Task = {
  pid: number;
  tgid: number;
  ppid: number;
  comm: Uint8Array;
  state: string;
  flags: number;
  startTicks: number;
  exitSignal: number;
  exitCode: number;
  uid: number;
  /** How many opens fail yet: the kernel hands out a number a little before the task becomes visible. */
  invisible: number;
  /** A test's own mark: it may be told late, as it could not be seen at once. */
  late?: boolean;
};

const forkedNoExec = 0x40;
const sigchld = 17;
const reservedPids = 300;

/**
 * The kernel's process table as /proc shows it: numbers handed out by a cursor that wraps, processes, threads, zombies
 * and reaping, rendered as the very text of loadavg and stat. Everything a sampler reads of it goes through `files`.
 */
export class FakeKernel {
  readonly root: string;
  pidMax: number;
  /** The boot clock in ticks; tests turn it by hand. */
  ticks = 1000;
  readonly tasks = new Map<number, Task>();
  /** How many numbers the cursor gave out, ever. */
  handedOut = 0;
  #cursor = 0;
  #extraTasks = 1000;
  #held = new Map<number, { path: string; task: Task | undefined }>();
  #nextFd = 3;
  readonly #failures = new Map<string, string>();
  /** Every path opened and every directory listed, for tests of what a look costs. */
  readonly calls: string[] = [];
  /** Symbolic links below the root, such as `thread-self`. */
  readonly links = new Map<string, string>();
  /** Processes that readdir leaves out although they are alive: a listing cut short. */
  readonly unlisted = new Set<number>();
  /** More descriptors than this are refused with EMFILE. */
  mostOpen = Number.POSITIVE_INFINITY;
  /** Called at every read of a held file, and at every listing before it is made. */
  onRead: (path: string) => void = () => {};
  onList: () => void = () => {};
  /** What loadavg says instead of the truth. */
  loadavg: string | undefined;

  constructor({ root = '/proc', pidMax = 32768 } = {}) {
    this.root = root;
    this.pidMax = pidMax;
    this.fork(0, 'init', { execed: true });
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** How many descriptors are held open on it. */
  get open(): number {
    return this.#held.size;
  }

  /** The next free number, as alloc_pid() finds it: cyclic, from 300 on after the first round. */
  get next(): number {
    let pid = this.#cursor;
    for (let tries = 0; tries <= this.pidMax; tries++) {
      pid = pid + 1 >= this.pidMax ? reservedPids : pid + 1;
      if (!this.tasks.has(pid)) return pid;
    }
    throw new Error('no free PID');
  }

  #allocate(): number {
    this.#cursor = this.next;
    this.handedOut++;
    return this.#cursor;
  }

  /** Take a number without any task to show for it: a life shorter than every gap, or a fork that failed. */
  burn(count = 1): void {
    for (let index = 0; index < count; index++) this.#allocate();
  }

  /** Jump to where the next number will be `pid`, if free. */
  seek(pid: number): void {
    this.#cursor = pid - 1;
  }

  fork(
    ppid: number,
    comm?: string | Uint8Array,
    { execed = false, uid = 1000, invisible = 0, kthread = false } = {},
  ): number {
    const pid = this.#allocate();
    const parent = this.tasks.get(ppid);
    this.tasks.set(pid, {
      pid,
      tgid: pid,
      ppid,
      comm: comm === undefined ? (parent?.comm ?? Buffer.from('?')) : Buffer.from(comm),
      state: 'S',
      flags: (execed ? 0 : forkedNoExec) | (kthread ? 0x200000 : 0),
      startTicks: this.ticks,
      exitSignal: sigchld,
      exitCode: 0,
      uid,
      invisible,
    });
    return pid;
  }

  /** A new thread of process `tgid`. */
  thread(tgid: number): number {
    const leader = this.#task(tgid);
    const pid = this.#allocate();
    this.tasks.set(pid, {
      ...leader,
      pid,
      tgid,
      startTicks: this.ticks,
      exitSignal: -1,
      flags: leader.flags | forkedNoExec,
    });
    return pid;
  }

  /** A task that could not be seen yet can be seen from now on. */
  appear(pid: number): void {
    this.#task(pid).invisible = 0;
  }

  /** clone3 with a chosen PID: the cursor does not move. */
  forkChosen(ppid: number, pid: number, comm: string): void {
    const cursor = this.#cursor;
    this.seek(pid);
    const given = this.fork(ppid, comm, { execed: true });
    this.handedOut--;
    this.#cursor = cursor;
    if (given !== pid) throw new Error(`PID ${pid} is in use`);
  }

  exec(pid: number, comm: string | Uint8Array): void {
    const task = this.#task(pid);
    task.comm = Buffer.from(comm);
    task.flags &= ~forkedNoExec;
  }

  rename(pid: number, comm: string | Uint8Array): void {
    this.#task(pid).comm = Buffer.from(comm);
  }

  /** End without being reaped; threads vanish at once. `status` as in waitpid(2). */
  exit(pid: number, status = 0): void {
    const task = this.#task(pid);
    if (task.tgid !== task.pid) {
      this.tasks.delete(pid);
      return;
    }
    task.state = 'Z';
    task.exitCode = status;
  }

  reap(pid: number): void {
    this.#task(pid);
    this.tasks.delete(pid);
  }

  /** Exit and reap. */
  end(pid: number): void {
    this.exit(pid);
    if (this.tasks.has(pid)) this.reap(pid);
  }

  reparent(pid: number, ppid: number): void {
    this.#task(pid).ppid = ppid;
  }

  /** Tasks outside this PID namespace, which the machine-wide count includes. */
  outside(delta: number): void {
    this.#extraTasks += delta;
  }

  /** Make every access of a path (below the root; '.' is the listing) fail with an errno name, until it is healed. */
  fail(path: string, code: string): void {
    this.#failures.set(path, code);
  }

  heal(path: string): void {
    this.#failures.delete(path);
  }

  #task(pid: number): Task {
    const task = this.tasks.get(pid);
    if (!task) throw new Error(`no task ${pid}`);
    return task;
  }

  #check(path: string): void {
    const code = this.#failures.get(path) ?? this.#failures.get('*');
    if (code) throw errnoError(code, path);
  }

  /** A task is counted in the very moment in which it becomes visible (copy_process in kernel/fork.c). */
  #visible(): number {
    let count = this.#extraTasks;
    for (const task of this.tasks.values()) if (task.invisible === 0) count++;
    return count;
  }

  #threads(tgid: number): number {
    let count = 0;
    for (const task of this.tasks.values()) if (task.tgid === tgid) count++;
    return count;
  }

  #stat(task: Task): Uint8Array {
    const fields = new Array<number>(53).fill(0);
    fields[4] = task.ppid;
    fields[9] = task.flags;
    fields[20] = this.#threads(task.tgid);
    fields[22] = task.startTicks;
    fields[38] = task.exitSignal;
    fields[52] = task.exitCode;
    return Buffer.concat([
      Buffer.from(`${task.pid} (`),
      task.comm,
      Buffer.from(`) ${task.state} ${fields.slice(4).join(' ')}\n`),
    ]);
  }

  #content(path: string, task: Task | undefined): Uint8Array {
    this.onRead(path);
    this.#check(path);
    if (path.endsWith('/stat')) {
      if (!task || this.tasks.get(task.pid) !== task) throw errnoError('ESRCH', path);
      return this.#stat(task);
    }
    const texts: Record<string, () => string> = {
      loadavg: () => this.loadavg ?? `0.00 0.01 0.05 1/${this.#visible()} ${this.#cursor}\n`,
      uptime: () => `${(this.ticks / 100).toFixed(2)} 0.00\n`,
      'sys/kernel/pid_max': () => `${this.pidMax}\n`,
      'sys/kernel/ns_last_pid': () => `${this.#cursor}\n`,
      'sys/kernel/hostname': () => 'fake\n',
      'sys/kernel/random/boot_id': () => '00000000-0000-4000-8000-000000000000\n',
    };
    const text = texts[path];
    if (!text) throw errnoError('ENOENT', path);
    return Buffer.from(text());
  }

  get files(): ProcFiles {
    // As the real one: what `read` gives is overwritten by the next read.
    const under = (path: string) => path.slice(this.root.length + 1);
    const buffer = new Uint8Array(4096);
    return {
      buffer,
      readInto: (fd) => {
        const held = this.#held.get(fd);
        if (!held) throw errnoError('EBADF', String(fd));
        const bytes = this.#content(held.path, held.task);
        buffer.set(bytes);
        return bytes.length;
      },
      exists: (full) => {
        const path = under(full);
        this.calls.push(full);
        const pid = /^(\d+)\/stat$/.exec(path)?.[1];
        const task = pid === undefined ? undefined : this.tasks.get(Number(pid));
        if (task && task.invisible > 0) {
          task.invisible--;
          return false;
        }
        return task !== undefined && !this.#failures.has(path) && !this.#failures.has('*');
      },
      readLink: (full) => {
        const path = under(full);
        this.#check(path);
        const text = this.links.get(path);
        if (text === undefined) throw errnoError('ENOENT', full);
        return text;
      },
      list: (path) => {
        this.calls.push(path);
        this.#check('.');
        this.onList();
        const listed = [...this.tasks.values()].filter(
          (task) => task.tgid === task.pid && task.invisible === 0 && !this.unlisted.has(task.pid),
        );
        return ['loadavg', 'self', ...listed.map(({ pid }) => String(pid)).toSorted(), 'uptime'];
      },
      open: (full) => {
        const path = under(full);
        this.calls.push(full);
        this.#check(path);
        const pid = /^(\d+)\/stat$/.exec(path)?.[1];
        const task = pid === undefined ? undefined : this.tasks.get(Number(pid));
        if (pid !== undefined && !task) throw errnoError('ENOENT', full);
        if (task && task.invisible > 0) {
          task.invisible--;
          throw errnoError('ENOENT', full);
        }
        if (pid === undefined) this.#content(path, undefined);
        if (this.#held.size >= this.mostOpen) throw errnoError('EMFILE', full);
        this.#held.set(this.#nextFd, { path, task });
        return this.#nextFd++;
      },
      read: (fd) => {
        const held = this.#held.get(fd);
        if (!held) throw errnoError('EBADF', String(fd));
        const content = this.#content(held.path, held.task);
        buffer.set(content);
        return buffer.subarray(0, content.length);
      },
      ownerUid: (fd) => this.#held.get(fd)?.task?.uid ?? 0,
      close: (fd) => {
        if (!this.#held.delete(fd)) throw errnoError('EBADF', String(fd));
      },
    };
  }
}
