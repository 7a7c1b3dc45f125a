import type { EventQueue } from '../../../src/capture/kernel/event-queue.ts';
import type { KernelEvent } from '../../../src/capture/kernel/kernel-event.ts';
import { FakeKernel } from './fake-kernel.ts';
import { createManualClock } from './manual-clock.ts';

/** What happened to one process, for comparison with the records. */
export type Life = {
  pid: number;
  ppid: number;
  comm: string;
  spawnedNs: bigint;
  /** Whether it was alive before the first event. */
  initial: boolean;
  exitedNs?: bigint;
  status?: number;
  reaped?: true;
};

const initPid = 1;

/** A kernel that sends an event of each change. Its clock advances by 1 µs with each. */
export class FakeEventKernel {
  readonly clock = createManualClock();
  readonly kernel: FakeKernel;
  /** All lives in order of their spawns. */
  readonly lives: Life[] = [];
  readonly #byPid = new Map<number, Life>();
  /** The events in the queue. */
  queued: KernelEvent[] = [];
  /** Events that are sent while this is true are lost. */
  losing = false;
  lost = 0;
  /** Number of calls of `subscribeAgain`, and what it does. */
  subscriptions = 0;
  onSubscribe: () => void = () => {};
  onDrain: () => void = () => {};
  /** Whether a sampler has subscribed: lives until then are initial. */
  isSubscribed = false;
  waited: number[] = [];

  constructor(options: { pidMax?: number } = {}) {
    this.kernel = new FakeKernel(options);
    this.#byPid.set(initPid, { pid: initPid, ppid: 0, comm: 'init', spawnedNs: 0n, initial: true });
    this.lives.push(this.#byPid.get(initPid) as Life);
  }

  get queue(): EventQueue {
    this.isSubscribed = true;
    return {
      wait: (ms) => {
        this.waited.push(ms);
      },
      drain: () => {
        this.onDrain();
        const events = this.queued;
        this.queued = [];
        return events;
      },
      lostEvents: () => this.lost,
      subscribeAgain: () => {
        this.subscriptions++;
        this.onSubscribe();
      },
      close: () => {
        this.isSubscribed = false;
      },
    };
  }

  /** Forks from a thread; by default from the main thread of its parent. Returns the PID. */
  fork(
    parentPid: number,
    { parentTid = parentPid, kthread = false, comm = undefined as string | undefined } = {},
  ) {
    this.#tick();
    const parent = this.kernel.tasks.get(parentTid);
    const name = comm ?? Buffer.from(parent?.comm ?? '?').toString();
    const pid = this.kernel.fork(parentPid, name, { uid: parent?.uid ?? 0, kthread });
    const timeNs = this.clock.nowNs();
    this.#byPid.set(pid, {
      pid,
      ppid: parentPid,
      comm: name,
      spawnedNs: timeNs,
      initial: !this.isSubscribed,
    });
    this.lives.push(this.#byPid.get(pid) as Life);
    this.#send({ type: 'fork', pid, tid: pid, timeNs, parentPid, parentTid });
    return pid;
  }

  /** Creates a thread from a thread of the same process. Returns its ID. */
  thread(pid: number, creatorTid = pid): number {
    this.#tick();
    const tid = this.kernel.thread(pid);
    const task = this.#task(tid);
    const creator = this.#task(creatorTid);
    task.comm = creator.comm;
    task.state = 'S';
    const parentPid = task.ppid;
    this.#send({ type: 'fork', pid, tid, timeNs: this.clock.nowNs(), parentPid, parentTid: parentPid });
    return tid;
  }

  /** Executes a program in a thread, which becomes the main thread. */
  exec(pid: number, comm: string, tid = pid): void {
    const others = [...this.kernel.tasks.values()].filter((task) => task.tgid === pid && task.pid !== tid);
    for (const other of others) {
      this.#tick();
      if (other.pid !== pid) this.kernel.tasks.delete(other.pid);
      if (other.pid !== pid || other.state !== 'Z')
        this.#send({ type: 'exit', pid, tid: other.pid, timeNs: this.clock.nowNs(), status: 0 });
    }
    this.#tick();
    if (tid !== pid) {
      this.#task(pid).state = 'S';
      this.kernel.tasks.delete(tid);
    }
    this.kernel.exec(pid, comm);
    this.#send({ type: 'exec', pid, tid: pid, timeNs: this.clock.nowNs() });
    // The former main thread has the ID of the other thread now.
    if (tid !== pid) this.#send({ type: 'exit', pid, tid, timeNs: this.clock.nowNs(), status: 0 });
  }

  rename(tid: number, comm: string): void {
    this.#tick();
    this.kernel.rename(tid, comm);
    const pid = this.#task(tid).tgid;
    this.#send({ type: 'comm', pid, tid, timeNs: this.clock.nowNs(), comm: Buffer.from(comm) });
  }

  /** Changes the user of all threads, as setuid(3) does. */
  setUid(pid: number, uid: number): void {
    for (const { pid: tid, tgid } of this.kernel.tasks.values()) {
      if (tgid !== pid) continue;
      this.#tick();
      this.kernel.setUid(tid, uid);
      this.#send({ type: 'uid', pid, tid, timeNs: this.clock.nowNs(), uid });
    }
  }

  /** Exits a thread. The last one turns the process into a zombie. */
  exit(tid: number, status = 0): void {
    this.#tick();
    const { tgid: pid } = this.#task(tid);
    const live = this.threadsOf(pid).filter((other) => other !== tid);
    this.kernel.exit(tid, status);
    const timeNs = this.clock.nowNs();
    if (live.length === 0) {
      const leader = this.#task(pid);
      leader.exitCode = status;
      const life = this.#byPid.get(pid) as Life;
      life.exitedNs = timeNs;
      life.status = status;
      for (const task of this.kernel.tasks.values()) if (task.ppid === pid) task.ppid = initPid;
    }
    this.#send({ type: 'exit', pid, tid, timeNs, status });
  }

  reap(pid: number): void {
    this.#tick();
    this.kernel.reap(pid);
    (this.#byPid.get(pid) as Life).reaped = true;
  }

  /** Exits all threads of a process, and reaps it. */
  end(pid: number, status = 0): void {
    for (const tid of this.threadsOf(pid)) this.exit(tid, status);
    this.reap(pid);
  }

  /** Returns the live threads of a process, the main thread last. */
  threadsOf(pid: number): number[] {
    return [...this.kernel.tasks.values()]
      .filter((task) => task.tgid === pid && task.state !== 'Z')
      .map((task) => task.pid)
      .toSorted((a, b) => Number(a === pid) - Number(b === pid));
  }

  lifeOf(pid: number): Life {
    return this.#byPid.get(pid) as Life;
  }

  /** Advances the clocks. */
  advance(ms: number): void {
    this.clock.advance(ms);
    this.kernel.ticks = Math.floor(this.clock.nowMs() / 10);
  }

  #tick(): void {
    this.advance(0.001);
  }

  #task(tid: number) {
    const task = this.kernel.tasks.get(tid);
    if (!task) throw new Error(`no task ${tid}`);
    return task;
  }

  #send(event: KernelEvent): void {
    if (!this.isSubscribed) return;
    if (this.losing) this.lost++;
    else this.queued.push(event);
  }
}
