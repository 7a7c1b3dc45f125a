import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LinkListener } from '../../../src/domain/fleet/fleet-link.ts';
import { pushTurnMs, turnMs } from '../../../src/fleet/ssh/guest-connection.ts';
import { ProcessLink } from '../../../src/fleet/ssh/process-link.ts';
import type { Pusher } from '../../../src/fleet/ssh/push.ts';

const header = '{"probe_source":"trace.header","host":"x"}';

const nothing = () => {};
/** Ignores what a link reports. */
const ignoring: LinkListener = {
  onGuest: nothing,
  onState: nothing,
  onBytes: nothing,
  onLoss: nothing,
  onNotice: nothing,
  onError: nothing,
};

let link: ProcessLink | undefined;
afterEach(() => link?.stop());

/** Connects to guests, each of which is a shell script. Returns what the link reports, as lines. */
const connect = (scripts: Readonly<Record<string, string>>) => {
  const lines: string[] = [];
  link = new ProcessLink({
    targets: Object.keys(scripts).map((id) => ({ id, address: id })),
    commandLine: (address) => ['sh', '-c', scripts[address] ?? ''],
    command: ['churntop'],
  });
  link.start({
    ...ignoring,
    onGuest: (id) => lines.push(`${id} known`),
    onState: (id, state, reason) => lines.push([id, state, reason].filter(Boolean).join(' ')),
    onBytes: (id, chunk) => lines.push(`${id} > ${Buffer.from(chunk).toString().trim()}`),
  });
  return { lines, until: (line: string) => vi.waitFor(() => expect(lines).toContain(line), 5_000) };
};

test('a guest is live from the header of its trace on, and a greeting before it is dropped [fault:ssh-greeting]', async () => {
  const { lines, until } = connect({ web1: `echo Welcome; printf '%s\\n' '${header}'; cat > /dev/null` });
  await until('web1 live');
  expect(lines).toEqual(['web1 known', 'web1 connecting', 'web1 live', `web1 > ${header}`]);
});

describe('a connection that ends is reported with its reason [fault:ssh-refused]', () => {
  test.each([
    [
      'echo "sh: churntop: not found" >&2; exit 127',
      'failed no churntop there; install it, or use --push: sh: churntop: not found',
    ],
    [
      'echo "root@web1: Permission denied (publickey)." >&2; exit 255',
      'failed root@web1: Permission denied (publickey).',
    ],
    [
      'echo motd; echo "sudo: a password is required" >&2; exit 1',
      'failed exit 1: sudo: a password is required',
    ],
    [
      'echo "Warning: Permanently added web1 (ED25519)." >&2; echo "This account is not available."; exit 1',
      'failed exit 1: This account is not available.',
    ],
    ['exit 0', 'failed the command ended without a trace'],
    [
      "printf 'churntop: a\\033[2Jb\\n' >&2; exit 2",
      'failed churntop there rejects a flag, it may be older: churntop: a␛[2Jb',
    ],
    [`echo '${header}'; exit 0`, 'ended its stream has ended'],
    [
      `echo '${header}'; echo "Timeout, server web1 not responding." >&2; exit 255`,
      'reconnecting Timeout, server web1 not responding.',
    ],
    [`echo '${header}'; kill -9 $$`, 'reconnecting ended by SIGKILL'],
  ])('%j', async (script, state) => {
    const { until } = connect({ web1: script });
    await until(`web1 ${state}`);
  });

  test('when the program cannot be started', async () => {
    link = new ProcessLink({
      targets: [{ id: 'web1', address: 'web1' }],
      commandLine: () => ['/nonexistent/ssh'],
      command: [],
    });
    const onState = vi.fn();
    link.start({ ...ignoring, onState });
    const reason = 'cannot be started: spawn /nonexistent/ssh ENOENT';
    await vi.waitFor(() => expect(onState).toHaveBeenCalledWith('web1', 'failed', reason));
  });
});

test('a guest that sends no trace is failed, and its process ends [fault:ssh-no-trace]', async () => {
  const { lines, until } = connect({ web1: 'exec yes' });
  await until('web1 failed no trace in its first 64 KiB');
  expect(lines).toHaveLength(3);
});

test('a lost connection is made again [fault:ssh-line-lost]', async () => {
  const { lines } = connect({ web1: `echo '${header}'; exit 255` });
  await vi.waitFor(() => expect(lines.filter((line) => line === 'web1 live')).toHaveLength(2), 5_000);
  expect(lines[4]).toBe('web1 reconnecting the line was lost');
});

test('at most eight connections are made at once, and one that fails makes room', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `web${index}`);
  const started = new Set<string>();
  let open = 0;
  let most = 0;
  link = new ProcessLink({
    targets: ids.map((id) => ({ id, address: id })),
    commandLine: (address) => {
      started.add(address);
      most = Math.max(most, ++open);
      return ['sh', '-c', 'sleep 0.05; exit 1'];
    },
    command: [],
  });
  link.start({
    ...ignoring,
    onState: (_, state) => {
      if (state === 'failed') open--;
    },
  });
  await vi.waitFor(() => expect(started.size).toBe(20), 5_000);
  expect(most).toBe(8);
});

test('guests that send nothing delay the others for a while only [fault:ssh-silent]', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const silent = Array.from({ length: 8 }, (_, index) => [`stuck${index}`, 'cat > /dev/null']);
  const { lines } = connect({ ...Object.fromEntries(silent), web1: `echo '${header}'; cat > /dev/null` });
  vi.advanceTimersByTime(turnMs);
  vi.useRealTimers();
  await vi.waitFor(() => expect(lines).toContain('web1 live'), 5_000);
  expect(lines).toContain('stuck7 connecting no trace for 15s');
});

test('guests that receive the program and then send nothing delay the others for a while only', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const stuck = Array.from({ length: 8 }, (_, index) => `stuck${index}`);
  const scripts: Readonly<Record<string, string>> = {
    ask: 'exit 43',
    installed: 'cat > /dev/null',
    web1: `echo '${header}'; cat > /dev/null`,
  };
  const pusher = {
    question: () => ['ask'],
    missing: (code: number | null) => (code === 43 ? 'churntop-missing' : undefined),
    install: async () => ({ command: ['installed'], input: Buffer.alloc(0) }),
  };
  const states: string[] = [];
  link = new ProcessLink({
    targets: [...stuck, 'web1'].map((id) => ({ id, address: id })),
    commandLine: (address, [command = '']) => ['sh', '-c', scripts[address] ?? scripts[command] ?? ''],
    command: ['churntop'],
    pusher: pusher as unknown as Pusher,
  });
  link.start({ ...ignoring, onState: (id, state, reason) => states.push([id, state, reason].join(' ')) });
  await vi.waitFor(() =>
    expect(states.filter((each) => each.endsWith('sending the program'))).toHaveLength(8),
  );
  expect(states).not.toContain('web1 live ');
  vi.advanceTimersByTime(pushTurnMs);
  vi.useRealTimers();
  await vi.waitFor(() => expect(states).toContain('web1 live '), 5_000);
});

test('a stop closes the input of the far end, and kills a process that ignores it', async () => {
  const { lines, until } = connect({
    clean: `echo '${header}'; cat > /dev/null; echo last`,
    stubborn: `trap '' TERM; echo '${header}'; while :; do sleep 1; done`,
  });
  await until('clean live');
  await until('stubborn live');
  await link?.stop();
  expect(lines).not.toContain('clean > last');
});
