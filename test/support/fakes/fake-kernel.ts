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
  /** How often its main thread has run. */
  runs: number;
  /** Number of opens that fail before it is visible: the kernel allocates a PID shortly before its task is visible. */
  invisible: number;
  /** Set by tests: its spawn may be reported late, because it was not visible immediately. */
  maySpawnLate?: boolean;
};

const forkedNoExec = 0x40;
const sigchld = 17;
const reservedPids = 300;

/**
 * A process table as /proc shows it: processes, threads and zombies, with PIDs from a counter that wraps. It produces the
 * text of loadavg and stat. A sampler reads it through `files`.
 */
export class FakeKernel {
  readonly root: string;
  pidMax: number;
  /** The boot clock in ticks, set by tests. */
  ticks = 1000;
  readonly tasks = new Map<number, Task>();
  /** PIDs allocated since the start. */
  allocatedPids = 0;
  /** Forks that succeeded, in all PID namespaces: `processes` of /proc/stat. */
  forks = 0;
  #cursor = 0;
  #extraTasks = 1000;
  #openFiles = new Map<number, { path: string; task: Task | undefined }>();
  #nextFd = 3;
  readonly #failures = new Map<string, string>();
  /** The paths that were opened or listed, for tests of the cost of a sample. */
  readonly calls: string[] = [];
  /** Number of times that the user of a process was read. */
  uidReads = 0;
  /** Symbolic links below the root, such as `thread-self`. */
  readonly links = new Map<string, string>();
  /** Live processes that listings leave out. */
  readonly unlisted = new Set<number>();
  /** Processes that neither listings nor paths show (hidepid=2). Open stat files can still be read. */
  readonly concealed = new Set<number>();
  /** Opening more files than this fails with EMFILE. */
  maxOpenFiles = Number.POSITIVE_INFINITY;
  /** Called before each read of a file, and before each listing. */
  onRead: (path: string) => void = () => {};
  onList: () => void = () => {};
  /** Replaces the user that is read, unless it is undefined. */
  onUid: () => number | undefined = () => undefined;
  /** The PIDs of the reader, from the namespace of the proc root down. */
  namespacePids = '1';
  /** Text of loadavg. Undefined: the real numbers. */
  loadavg: string | undefined;

  /** Whether the kernel counts runs, so that processes have a schedstat file. */
  countsRuns = false;

  /** Text of /proc/stat. Undefined: the real count. */
  statText: string | undefined;

  constructor({ root = '/proc', pidMax = 32768 } = {}) {
    this.root = root;
    this.pidMax = pidMax;
    this.fork(0, 'init', { execed: true });
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Number of open files. */
  get open(): number {
    return this.#openFiles.size;
  }

  /** The next PID, as alloc_pid() selects it: after the last one, and from 300 on after it wraps. */
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
    this.allocatedPids++;
    return this.#cursor;
  }

  /** Creates tasks that exit immediately. */
  burn(count = 1): void {
    for (let index = 0; index < count; index++) this.#allocate();
    this.forks += count;
  }

  /** Fails to fork after the PID was allocated, as at the limit of a pids cgroup. */
  failFork(count = 1): void {
    for (let index = 0; index < count; index++) this.#allocate();
    this.allocatedPids -= count;
  }

  /** Moves the PID counter so that the next PID is `pid`, if it is free, as writing to ns_last_pid does. */
  seek(pid: number): void {
    this.#cursor = pid - 1;
  }

  fork(
    ppid: number,
    comm?: string | Uint8Array,
    { execed = false, uid = 1000, invisible = 0, kthread = false } = {},
  ): number {
    const pid = this.#allocate();
    this.forks++;
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
      runs: 1,
      invisible,
    });
    return pid;
  }

  /** Creates a thread of process `tgid`. */
  thread(tgid: number): number {
    const leader = this.#task(tgid);
    const pid = this.#allocate();
    this.forks++;
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

  /** Makes a task visible. */
  appear(pid: number): void {
    this.#task(pid).invisible = 0;
  }

  /** Forks with an explicit PID, like clone3 with set_tid: the PID counter does not move. */
  forkWithPid(ppid: number, pid: number, comm: string): void {
    const cursor = this.#cursor;
    this.seek(pid);
    const allocated = this.fork(ppid, comm, { execed: true });
    this.allocatedPids--;
    this.#cursor = cursor;
    if (allocated !== pid) throw new Error(`PID ${pid} is in use`);
  }

  exec(pid: number, comm: string | Uint8Array): void {
    const task = this.#run(pid);
    task.comm = Buffer.from(comm);
    task.flags &= ~forkedNoExec;
  }

  rename(pid: number, comm: string | Uint8Array): void {
    this.#run(pid).comm = Buffer.from(comm);
  }

  /** Changes the name of a process by another thread, so that its main thread does not run. */
  renameByThread(pid: number, comm: string): void {
    this.#task(pid).comm = Buffer.from(comm);
  }

  setState(pid: number, state: string): void {
    this.#run(pid).state = state;
  }

  /** Changes the effective user, with or without an exec. */
  setUid(pid: number, uid: number): void {
    this.#run(pid).uid = uid;
  }

  /** Turns a process into a zombie, and removes a thread. `status` as in waitpid(2). */
  exit(pid: number, status = 0): void {
    const task = this.#task(pid);
    if (task.tgid !== task.pid) {
      this.tasks.delete(pid);
      return;
    }
    task.runs++;
    task.state = 'Z';
    task.exitCode = status;
  }

  reap(pid: number): void {
    this.#task(pid);
    this.tasks.delete(pid);
  }

  /** Exits and reaps a process. */
  end(pid: number): void {
    this.exit(pid);
    if (this.tasks.has(pid)) this.reap(pid);
  }

  reparent(pid: number, ppid: number): void {
    this.#task(pid).ppid = ppid;
  }

  /** Changes the number of tasks outside this PID namespace, which the task count includes. */
  addOutsideTasks(delta: number): void {
    this.#extraTasks += delta;
  }

  /** Makes accesses of a path fail until `heal`. The path is below the root: '.' is the listing, '*' everything. */
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

  /** Returns a task, after it has run once more. */
  #run(pid: number): Task {
    const task = this.#task(pid);
    task.runs++;
    return task;
  }

  #check(path: string): void {
    const code = this.#failures.get(path) ?? this.#failures.get('*');
    if (code) throw errnoError(code, path);
  }

  /** Returns the task count. A task is counted when it becomes visible (copy_process in kernel/fork.c). */
  #taskCount(): number {
    let count = this.#extraTasks;
    for (const task of this.tasks.values()) if (task.invisible === 0) count++;
    return count;
  }

  #threadCount(tgid: number): number {
    let count = 0;
    for (const task of this.tasks.values()) if (task.tgid === tgid) count++;
    return count;
  }

  #stat(task: Task): Uint8Array {
    const fields = new Array<number>(53).fill(0);
    fields[4] = task.ppid;
    fields[9] = task.flags;
    fields[20] = this.#threadCount(task.tgid);
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
    if (path.endsWith('/stat') || path.endsWith('/comm')) {
      if (!task || this.tasks.get(task.pid) !== task) throw errnoError('ESRCH', path);
      return path.endsWith('/stat') ? this.#stat(task) : Buffer.concat([task.comm, Buffer.from('\n')]);
    }
    if (this.countsRuns && path.endsWith('/schedstat')) {
      if (!task || this.tasks.get(task.pid) !== task) throw errnoError('ESRCH', path);
      return Buffer.from(`${task.runs * 1000} 0 ${task.runs}\n`);
    }
    const texts: Record<string, () => string> = {
      loadavg: () => this.loadavg ?? `0.00 0.01 0.05 1/${this.#taskCount()} ${this.#cursor}\n`,
      'self/status': () => `NSpid:\t${this.namespacePids}\n`,
      stat: () =>
        this.statText ??
        `cpu  0 0 0 0\nintr 1 2\nctxt 3\nbtime 0\nprocesses ${this.forks}\nprocs_running 1\n`,
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
    // As with real files, `read` overwrites the result of the previous call.
    const under = (path: string) => path.slice(this.root.length + 1);
    const buffer = new Uint8Array(4096);
    return {
      buffer,
      readInto: (fd) => {
        const file = this.#openFiles.get(fd);
        if (!file) throw errnoError('EBADF', String(fd));
        const bytes = this.#content(file.path, file.task);
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
        return (
          task !== undefined &&
          !this.concealed.has(task.pid) &&
          !this.#failures.has(path) &&
          !this.#failures.has('*')
        );
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
        const process = /\/(\d+)\/task$/.exec(path)?.[1];
        if (process !== undefined)
          return [...this.tasks.values()]
            .filter(({ tgid }) => tgid === Number(process))
            .map(({ pid }) => String(pid));
        this.#check('.');
        this.onList();
        const listed = [...this.tasks.values()].filter(
          (task) =>
            task.tgid === task.pid &&
            task.invisible === 0 &&
            !this.unlisted.has(task.pid) &&
            !this.concealed.has(task.pid),
        );
        return ['loadavg', 'self', ...listed.map(({ pid }) => String(pid)).toSorted(), 'uptime'];
      },
      open: (full) => {
        const path = under(full);
        this.calls.push(full);
        this.#check(path);
        const pid = (this.countsRuns ? /^(\d+)\/(?:stat|comm|schedstat)$/ : /^(\d+)\/(?:stat|comm)$/).exec(
          path,
        )?.[1];
        const task = pid === undefined ? undefined : this.tasks.get(Number(pid));
        if (pid !== undefined && (!task || this.concealed.has(task.pid))) throw errnoError('ENOENT', full);
        if (task && task.invisible > 0) {
          task.invisible--;
          throw errnoError('ENOENT', full);
        }
        if (pid === undefined) this.#content(path, undefined);
        if (this.#openFiles.size >= this.maxOpenFiles) throw errnoError('EMFILE', full);
        this.#openFiles.set(this.#nextFd, { path, task });
        return this.#nextFd++;
      },
      read: (fd, position = 0) => {
        const file = this.#openFiles.get(fd);
        if (!file) throw errnoError('EBADF', String(fd));
        const content = this.#content(file.path, file.task).subarray(position, position + buffer.length);
        buffer.set(content);
        return buffer.subarray(0, content.length);
      },
      ownerUid: (full) => {
        this.uidReads++;
        const task = this.tasks.get(Number(under(full)));
        return this.onUid() ?? (task && !this.concealed.has(task.pid) ? task.uid : undefined);
      },
      taskExists: (pid) => this.tasks.has(pid),
      close: (fd) => {
        if (!this.#openFiles.delete(fd)) throw errnoError('EBADF', String(fd));
      },
    };
  }
}
