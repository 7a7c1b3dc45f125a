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
  /** Losses of a second socket with the same buffer: by sequence numbers, and by the drop counter. */
  holes: number;
  drops: number;
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
const countFds = () => readdirSync('/proc/self/fd').length;

/** A socket of which both numbers of lost messages are read. */
class LossMeter {
  readonly #socket = new ConnectorSocket(libc, receiveBufferBytes ?? 1 << 20);
  readonly #sequences = new SequenceTracker();

  constructor() {
    this.#socket.send(operations.listen, 1);
    // Sequence numbers show no loss before the first message of a CPU.
    touchCpus();
    this.read();
  }

  read(): { holes: number; drops: number } {
    const messages: ConnectorMessage[] = [];
    while (this.#socket.receive(messages));
    for (const { cpu, sequence } of messages) this.#sequences.record(cpu, sequence);
    return { holes: this.#sequences.missing(), drops: this.#socket.drops() ?? -1 };
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
  const meter = new LossMeter();
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
  for (let part = queue.drain(); part.length > 0; part = queue.drain()) events.push(...part);
  // Sequence numbers show a loss only once another message of the same CPU was received.
  let loss = meter.read();
  for (let round = 0; round < 50 && loss.holes !== loss.drops; round++) {
    touchCpus();
    loss = meter.read();
  }
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
