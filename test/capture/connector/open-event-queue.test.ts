import { constants } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectorError, type ConnectorRefusal } from '../../../src/capture/connector/connector-error.ts';
import { type EventQueueOptions, openEventQueue } from '../../../src/capture/connector/open-event-queue.ts';
import type { ExecEvent } from '../../../src/capture/kernel/kernel-event.ts';
import { ProcError } from '../../../src/proc/errors.ts';
import { FakeConnector } from '../../support/fakes/fake-connector.ts';
import { connectorMessage, eventKinds } from '../../support/fixtures/connector-messages.ts';

const { errno } = constants;

/** A /proc of the first namespaces, with the process connector. Files that are undefined are missing. */
const createProc = (files: Record<string, string | undefined> = {}): EventQueueOptions['proc'] => {
  const all: Record<string, string | undefined> = {
    'net/connector': 'Name            ID\ncn_proc         1:1\n',
    'self/ns/pid': 'pid:[4026531836]',
    'self/ns/user': 'user:[4026531837]',
    ...files,
  };
  const read = (path: string) => {
    const text = all[path];
    if (text === undefined) throw new ProcError('missing', { path, code: 'ENOENT' });
    return text;
  };
  return { readText: read, readLink: read };
};

const open = (kernel: FakeConnector, proc = createProc()) =>
  openEventQueue({ libc: kernel, proc, nowNs: kernel.clock.nowNs });

const refusalOf = (kernel: FakeConnector, proc = createProc()): ConnectorError => {
  try {
    open(kernel, proc);
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error('The queue was opened.');
};

let nextPid = 1;
const exec = (pid = nextPid++): ExecEvent => ({ type: 'exec', pid, tid: pid, timeNs: BigInt(pid) });
const execs = (count: number) => Array.from({ length: count }, () => exec());

const drainAll = (queue: ReturnType<typeof openEventQueue>) => {
  const parts = [];
  for (let part = queue.drain(); part.length > 0; part = queue.drain()) parts.push(part);
  return parts;
};

describe('the subscription', () => {
  test('the queue opens when the kernel acknowledges the request', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    expect(kernel.requests).toEqual(['listen']);
    expect(queue.drain()).toEqual([]);
    expect(queue.lostEvents()).toBe(0);
  });

  test('the queue keeps the events that arrive before the acknowledgement', () => {
    const kernel = new FakeConnector();
    const events = execs(600);
    for (const event of events) kernel.emit(event);
    const queue = open(kernel);
    const later = exec();
    kernel.emit(later);
    queue.wait(50);
    expect(kernel.clock.nowMs()).toBe(10_000);
    expect(drainAll(queue).flat()).toEqual([...events, later]);
  });

  test('the queue waits for an acknowledgement that comes after other messages', () => {
    const kernel = new FakeConnector();
    kernel.results.recvmmsg = [-errno.EAGAIN, -errno.EAGAIN, -errno.EINTR];
    kernel.results.poll = [-errno.EINTR, 1];
    open(kernel);
    expect(kernel.requests).toEqual(['listen']);
  });

  test('the queue subscribes again at once when the acknowledgement was lost [fault:kernel-acknowledgement]', () => {
    const kernel = new FakeConnector();
    const event = exec();
    const send = kernel.send.bind(kernel);
    kernel.send = (fd, message) => {
      // The queue is full when the first request arrives.
      kernel.capacity = kernel.requests.length === 0 ? 1 : 1000;
      if (kernel.requests.length === 0) kernel.emit(event);
      return send(fd, message);
    };
    const queue = open(kernel);
    expect(kernel.requests).toEqual(['listen', 'listen']);
    expect(kernel.clock.nowMs()).toBe(10_000);
    expect(queue.drain()).toEqual([event]);
    expect(queue.lostEvents()).toBe(1);
  });

  test('subscribeAgain makes room for the acknowledgement when the queue is full', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.capacity = 3;
    const events = execs(3);
    for (const event of [...events, exec()]) kernel.emit(event);
    queue.subscribeAgain();
    expect(kernel.requests).toEqual(['listen', 'listen']);
    expect(queue.drain()).toEqual(events);
    expect(queue.lostEvents()).toBe(1);
  });

  test('the queue gives up when every acknowledgement is lost', () => {
    const kernel = new FakeConnector();
    kernel.capacity = 0;
    expect(refusalOf(kernel)).toMatchObject({ refusal: 'no-acknowledgement' });
    expect(kernel.requests).toEqual(['listen', 'listen', 'listen', 'ignore']);
    expect(kernel.openFds.size).toBe(0);
  });

  test('subscribeAgain keeps the events that arrive meanwhile', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    const event = exec();
    kernel.emit(event);
    queue.subscribeAgain();
    expect(queue.drain()).toEqual([event]);
    expect(kernel.requests).toEqual(['listen', 'listen']);
  });

  test('subscribeAgain accepts the loss of the acknowledgement, because it shows that the kernel sends', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.capacity = 0;
    queue.subscribeAgain();
    expect(queue.lostEvents()).toBe(1);
  });

  test('subscribeAgain throws when the kernel has stopped [fault:kernel-acknowledgement]', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.acknowledges = undefined;
    expect(() => queue.subscribeAgain()).toThrow(ConnectorError);
  });

  test('the queue unsubscribes and closes the socket once', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.drops = 3;
    queue.close();
    queue.close();
    expect(kernel.requests).toEqual(['listen', 'ignore']);
    expect(kernel.openFds.size).toBe(0);
    expect(queue.lostEvents()).toBe(3);
  });

  test('the queue closes the socket when unsubscribing fails', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.results.send = [-errno.ENOBUFS];
    queue.close();
    expect(kernel.openFds.size).toBe(0);
  });
});

describe('a refusal has a reason, and leaves no socket open [fault:kernel-refusal]', () => {
  const cases: [ConnectorRefusal, string, (kernel: FakeConnector) => void, EventQueueOptions['proc']?][] = [
    [
      'unsupported',
      'this kernel has no process connector (EPROTONOSUPPORT)',
      (kernel) => {
        kernel.results.socket = [-errno.EPROTONOSUPPORT];
      },
    ],
    [
      'policy',
      'netlink sockets are not permitted here (EAFNOSUPPORT)',
      (kernel) => {
        kernel.results.socket = [-errno.EAFNOSUPPORT];
      },
    ],
    [
      'system-call',
      'cannot open a netlink socket (EMFILE)',
      (kernel) => {
        kernel.results.socket = [-errno.EMFILE];
      },
    ],
    [
      'privilege',
      'before Linux 6.6, only root receives process events (EPERM)',
      (kernel) => {
        kernel.results.bind = [-errno.EPERM];
      },
    ],
    [
      'privilege',
      'before Linux 6.6, only root receives process events (EPERM)',
      (kernel) => {
        kernel.acknowledges = errno.EPERM;
      },
    ],
    [
      'network-namespace',
      'process events exist only in the first network namespace (ECONNREFUSED)',
      (kernel) => {
        kernel.results.send = [-errno.ECONNREFUSED];
      },
    ],
    [
      'system-call',
      'cannot receive process events (EIO)',
      (kernel) => {
        kernel.results.recvmmsg = [-errno.EIO];
      },
    ],
    [
      'clock',
      'the clock of process events differs (another time namespace)',
      (kernel) => {
        kernel.clockOffsetNs = 1n;
      },
    ],
    [
      'clock',
      'the clock of process events differs (another time namespace)',
      (kernel) => {
        kernel.clockOffsetNs = -1n;
      },
    ],
    [
      'no-acknowledgement',
      'the kernel does not acknowledge',
      (kernel) => {
        kernel.acknowledges = undefined;
      },
    ],
  ];
  const silent = (kernel: FakeConnector) => {
    kernel.acknowledges = undefined;
  };
  cases.push(
    [
      'pid-namespace',
      'process events exist only in the first PID namespace',
      silent,
      createProc({ 'self/ns/pid': 'pid:[4026532201]' }),
    ],
    [
      'user-namespace',
      'process events exist only in the first user namespace',
      silent,
      createProc({ 'self/ns/user': 'user:[4026532201]' }),
    ],
    [
      'unsupported',
      'this kernel has no process connector',
      silent,
      createProc({ 'net/connector': 'Name\n' }),
    ],
  );

  test.each(cases)('%s: %s', (refusal, message, prepare, proc) => {
    const kernel = new FakeConnector();
    prepare(kernel);
    expect(refusalOf(kernel, proc)).toMatchObject({ refusal, message });
    expect(kernel.openFds.size).toBe(0);
  });

  test('foreign events and acknowledgements of others prove nothing [fault:kernel-foreign]', () => {
    const kernel = new FakeConnector();
    silent(kernel);
    kernel.emit(exec());
    for (let number = 0; number < 300; number++) kernel.acknowledge(number);
    expect(refusalOf(kernel).refusal).toBe('no-acknowledgement');
    expect(kernel.clock.nowMs()).toBe(10_200);
  });

  test('another namespace is recognized without a wait', () => {
    const kernel = new FakeConnector();
    silent(kernel);
    refusalOf(kernel, createProc({ 'self/ns/pid': 'pid:[1]' }));
    expect(kernel.clock.nowMs()).toBe(10_000);
  });

  test('the acknowledgement decides when /proc cannot be read', () => {
    const nothing = createProc({
      'net/connector': undefined,
      'self/ns/pid': undefined,
      'self/ns/user': undefined,
    });
    open(new FakeConnector(), nothing);
    const kernel = new FakeConnector();
    silent(kernel);
    expect(refusalOf(kernel, nothing).refusal).toBe('no-acknowledgement');
  });

  test('an option that the kernel does not have is no obstacle', () => {
    const kernel = new FakeConnector();
    kernel.results.setsockopt = Array.from({ length: 4 }, () => -errno.ENOPROTOOPT);
    open(kernel);
  });
});

describe('drain', () => {
  test('it returns after some 8,000 events, and nothing once the queue is empty', () => {
    const kernel = new FakeConnector();
    kernel.capacity = 20_000;
    const queue = open(kernel);
    const events = execs(20_000);
    for (const event of events) kernel.emit(event);
    const parts = drainAll(queue);
    expect(parts.map(({ length }) => length)).toEqual([8192, 8192, 3616]);
    expect(parts.flat()).toEqual(events);
  });

  test('it ends while events arrive faster than they are read', () => {
    const kernel = new FakeConnector();
    kernel.capacity = 100_000;
    const queue = open(kernel);
    const receive = kernel.recvmmsg.bind(kernel);
    kernel.recvmmsg = (fd, batch) => {
      for (const event of execs(256)) kernel.emit(event);
      return receive(fd, batch);
    };
    expect(queue.drain()).toHaveLength(8192);
  });

  test('it returns events that follow messages of other kinds', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    for (let count = 0; count < 256; count++) kernel.queue(connectorMessage(eventKinds.ptrace, [1]));
    const event = exec();
    kernel.emit(event, 1);
    expect(queue.drain()).toEqual([event]);
  });

  test('it continues after an interruption and after ENOBUFS', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    const event = exec();
    kernel.emit(event);
    kernel.results.recvmmsg = [-errno.EINTR, -errno.ENOBUFS];
    expect(queue.drain()).toEqual([event]);
  });

  test('it drops messages that the kernel did not send [fault:kernel-foreign]', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.port = 4711;
    kernel.emit(exec());
    kernel.port = 0;
    expect(queue.drain()).toEqual([]);
  });

  test('it skips malformed messages [fault:kernel-malformed]', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    const event = exec();
    kernel.queue([1, 2, 3]);
    kernel.queue(Array.from({ length: 5000 }, () => 255));
    kernel.emit(event);
    expect(queue.drain()).toEqual([event]);
  });

  test('it throws when receiving fails', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.results.recvmmsg = [-errno.EBADF];
    expect(() => queue.drain()).toThrow('cannot receive process events (EBADF)');
  });
});

describe('wait', () => {
  test('it lasts until the timeout when nothing is queued', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    queue.wait(50);
    expect(kernel.clock.nowMs()).toBe(10_050);
    kernel.emit(exec());
    queue.wait(50);
    expect(kernel.clock.nowMs()).toBe(10_050);
  });

  test('it lasts for whole milliseconds, because poll does not wait for a part of one', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    queue.wait(0.3);
    expect(kernel.clock.nowMs()).toBe(10_001);
    queue.wait(0);
    expect(kernel.clock.nowMs()).toBe(10_001);
  });

  test('it throws when poll fails', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.results.poll = [-errno.EINTR, -errno.EBADF];
    queue.wait(1);
    expect(() => queue.wait(1)).toThrow('cannot wait for process events (EBADF)');
  });
});

describe('lost events', () => {
  test('they are counted at once by the drop counter', () => {
    const kernel = new FakeConnector();
    const queue = open(kernel);
    kernel.capacity = 4;
    for (const event of execs(10)) kernel.emit(event);
    expect(queue.drain()).toHaveLength(4);
    expect(queue.lostEvents()).toBe(6);
    kernel.emit(exec());
    expect(queue.drain()).toHaveLength(1);
    expect(queue.lostEvents()).toBe(6);
  });

  test('they are counted by sequence numbers when there is no drop counter', () => {
    const kernel = new FakeConnector();
    kernel.results.getsockopt = Array.from({ length: 20 }, () => -errno.ENOPROTOOPT);
    const queue = open(kernel);
    kernel.capacity = 4;
    for (const event of execs(10)) kernel.emit(event);
    queue.drain();
    expect(queue.lostEvents()).toBe(0);
    kernel.emit(exec());
    queue.drain();
    expect(queue.lostEvents()).toBe(6);
  });

  test('they are counted when the drop counter wraps around', () => {
    const kernel = new FakeConnector();
    kernel.drops = 2 ** 32 - 5;
    const queue = open(kernel);
    const before = queue.lostEvents();
    kernel.drops = 10;
    expect(queue.lostEvents() - before).toBe(15);
  });

  test('received and lost events are all emitted ones, for any history [fault:kernel-loss-histories]', () => {
    const step = fc.oneof(
      fc.record({ emit: fc.integer({ min: 1, max: 30 }), cpu: fc.nat(3) }),
      fc.constant('drain' as const),
      fc.constant('again' as const),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
        const kernel = new FakeConnector();
        for (let cpu = 0; cpu < 4; cpu++) kernel.setSequence(cpu, 2 ** 32 - 40);
        const queue = open(kernel);
        kernel.capacity = capacity;
        let emitted = 0;
        let received = 0;
        for (const each of steps) {
          if (each === 'drain') received += drainAll(queue).flat().length;
          else if (each === 'again') queue.subscribeAgain();
          else {
            for (const event of execs(each.emit)) kernel.emit(event, each.cpu);
            emitted += each.emit;
          }
        }
        received += drainAll(queue).flat().length;
        expect(received + queue.lostEvents()).toBe(emitted);
      }),
    );
  });
});
