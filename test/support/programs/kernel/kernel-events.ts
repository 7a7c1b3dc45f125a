/**
 * Subscribes to the kernel's process events as an ordinary user, runs a shell script, and prints what was received as
 * JSON. Arguments: the script, and the receive buffer in bytes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ConnectorError } from '../../../../src/capture/connector/connector-error.ts';
import { ConnectorSocket, operations } from '../../../../src/capture/connector/connector-socket.ts';
import { openEventQueue } from '../../../../src/capture/connector/open-event-queue.ts';
import type { ConnectorMessage } from '../../../../src/capture/connector/proc-event.ts';
import { SequenceTracker } from '../../../../src/capture/connector/sequence-tracker.ts';
import type { KernelEvent } from '../../../../src/capture/kernel/kernel-event.ts';
import { loadLibc } from '../../../../src/native/load-libc.ts';
import { openProcReader } from '../../../../src/proc/reader.ts';

export type KernelEventsOutput = {
  /** Why there are no events. */
  refused?: { refusal: string; message: string };
  uid: number;
  events: {
    type: KernelEvent['type'];
    pid: number;
    tid: number;
    parentPid?: number;
    status?: number;
    name?: string;
  }[];
  lost: number;
  /** Losses of a second socket with the same buffer, by sequence numbers. */
  holes: number;
  /** The drop counter of that socket, before and after the messages that show all earlier holes. */
  drops: [before: number, after: number];
  /** Output of the script. */
  output: string;
  /** PID of the shell that runs the script. */
  shell: number;
  /** Whether each event's time lies between the start and the end of the program. */
  inTime: boolean;
  /** Number of file descriptors that are still open at the end. */
  leaked: number;
};

const [script = '', bufferBytes = '0'] = process.argv.slice(2);
const receiveBufferBytes = Number(bufferBytes) || undefined;
/** Maximum time from the exit of a process to its event on a busy machine. */
const maxDelayMs = 3_000;
const libc = loadLibc();
const proc = openProcReader('/proc');
try {
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
} catch {
  // The user is not root, or is root of a user namespace that has no other user.
}

const print = (output: Partial<KernelEventsOutput>) =>
  process.stdout.write(
    JSON.stringify(output, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
/** Causes messages of each CPU. */
const touchCpus = () => {
  for (const cpu of cpus().keys()) spawnSync('taskset', ['-c', String(cpu), 'true']);
};
/** The threads that the script has left running, as events show it. */
class RunningThreads {
  readonly #processes = new Map<number, number>();

  constructor(shell: number) {
    this.#processes.set(shell, shell);
  }

  get count(): number {
    return this.#processes.size;
  }

  apply({ type, pid, tid, ...event }: KernelEvent): void {
    const isOurs = [...this.#processes.values()].includes(pid);
    if ('parentPid' in event && (isOurs || this.#processes.has(event.parentTid)))
      this.#processes.set(tid, pid);
    if (type === 'exit') this.#processes.delete(tid);
    // A thread that executes a program gets the ID of the main thread, which has exited.
    if (type !== 'exec' || !isOurs) return;
    for (const [thread, process] of this.#processes) if (process === pid) this.#processes.delete(thread);
    this.#processes.set(pid, pid);
  }
}

const countFds = () => readdirSync('/proc/self/fd').length;

/** A socket of which both numbers of lost messages are read. */
class LossMeter {
  readonly #socket = new ConnectorSocket(libc, receiveBufferBytes ?? 1 << 20);
  readonly #sequences = new SequenceTracker();
  readonly #cpus = new Set<number>();

  constructor() {
    this.#socket.send(operations.listen, 1);
  }

  /** Opens one that has received a message of each CPU, because sequence numbers show no loss before the first. */
  static open(): LossMeter {
    for (let attempt = 1; ; attempt++) {
      const meter = new LossMeter();
      touchCpus();
      meter.#receive();
      if (meter.#cpus.size === cpus().length && meter.#drops() === 0) return meter;
      meter.close();
      if (attempt === 50) throw new Error('Other processes cause losses all the time.');
    }
  }

  read(): { holes: number; drops: [number, number] } {
    this.#receive();
    const before = this.#drops();
    // Sequence numbers show a loss only once another message of the same CPU was received.
    for (let round = 0; round < 50 && this.#sequences.missing() < before; round++) {
      touchCpus();
      this.#receive();
    }
    return { holes: this.#sequences.missing(), drops: [before, this.#drops()] };
  }

  #drops(): number {
    return this.#socket.drops() ?? -1;
  }

  #receive(): void {
    const messages: ConnectorMessage[] = [];
    while (this.#socket.receive(messages));
    for (const { cpu, sequence } of messages) {
      this.#cpus.add(cpu);
      this.#sequences.record(cpu, sequence);
    }
  }

  close(): void {
    this.#socket.send(operations.ignore, 1);
    this.#socket.close();
  }
}

const run = async (): Promise<Partial<KernelEventsOutput>> => {
  const fds = countFds();
  const startNs = process.hrtime.bigint();
  const queue = openEventQueue({ libc, proc, ...(receiveBufferBytes && { receiveBufferBytes }) });
  const meter = LossMeter.open();
  const shell = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const events: KernelEvent[] = [];
  let output: string | undefined;
  void text(shell.stdout).then((complete) => {
    output = complete;
  });
  while (output === undefined || shell.exitCode === null) {
    // Events are to be lost if the receive buffer is small.
    if (!receiveBufferBytes) events.push(...queue.drain());
    queue.wait(1);
    await nextTurn();
  }
  events.push(...queue.drain());
  // The kernel emits the exit after the parent was woken up.
  const running = new RunningThreads(shell.pid ?? 0);
  for (const event of events) running.apply(event);
  const untilMs = performance.now() + (receiveBufferBytes ? 0 : maxDelayMs);
  while (running.count > 0 && performance.now() < untilMs) {
    queue.wait(1);
    const late = queue.drain();
    for (const event of late) running.apply(event);
    events.push(...late);
  }
  const loss = meter.read();
  const lost = queue.lostEvents();
  meter.close();
  queue.close();
  const endNs = process.hrtime.bigint();
  const inTime = events.every(({ timeNs }) => timeNs >= startNs && timeNs <= endNs);
  const named = events.map((event) =>
    event.type === 'comm' ? { ...event, name: Buffer.from(event.comm).toString() } : event,
  );
  return { events: named, lost, ...loss, output, shell: shell.pid ?? 0, inTime, leaked: countFds() - fds };
};

const uid = process.getuid?.() ?? -1;
try {
  print({ uid, ...(await run()) });
} catch (error) {
  if (!(error instanceof ConnectorError)) throw error;
  print({ uid, refused: { refusal: error.refusal, message: error.message } });
}
