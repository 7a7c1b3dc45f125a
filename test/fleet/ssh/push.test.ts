import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type PushedProgram, Pusher } from '../../../src/fleet/ssh/push.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const command = ['churntop', '--ndjson', '--tether', '20s'];
const script: PushedProgram = {
  kind: 'script',
  content: Buffer.from("console.log('script', ...process.argv.slice(2))"),
  level: 9,
};
const executable: PushedProgram = {
  kind: 'executable',
  machine: spawnSync('uname', ['-m'], { encoding: 'utf8' }).stdout.trim(),
  content: Buffer.from('#!/bin/sh\necho executable "$@"\n'),
  level: 1,
};

let guests = 0;
/** Creates a guest: a home folder, and a folder of programs with what is needed and the names given. */
const createGuest = (programs: readonly string[] = []) => {
  const home = join(folder.path, `guest${guests++}`);
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  const needed = ['uname', 'mkdir', 'head', 'sha256sum', 'gzip', 'chmod', 'mv', 'rm', 'sh', 'cat'];
  for (const name of needed)
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(bin, name));
  if (programs.includes('node')) symlinkSync(process.execPath, join(bin, 'node'));
  if (programs.includes('churntop'))
    writeFileSync(join(bin, 'churntop'), '#!/bin/sh\necho installed "$@"\n', { mode: 0o755 });
  return {
    cache: () => readdirSync(join(home, '.cache', 'churntop'), { recursive: true }),
    run: ([file = '', ...args]: readonly string[], input: Uint8Array | string = '') =>
      spawnSync(join(bin, file), args, { env: { HOME: home, PATH: bin }, input, encoding: 'utf8' }),
  };
};

/** Asks a guest, and installs what it lacks. */
const push = async (
  guest: ReturnType<typeof createGuest>,
  pusher: Pusher,
  change = (bytes: Uint8Array) => bytes,
) => {
  const asked = guest.run(pusher.question(command));
  const missing = pusher.missing(asked.status, asked.stdout);
  if (missing === undefined) return { asked };
  const { command: install, input } = await pusher.install(missing, command);
  return { asked, installed: guest.run(install, change(input)) };
};

test('an installed churntop is run, and nothing is sent', async () => {
  const { asked, installed } = await push(createGuest(['churntop', 'node']), new Pusher([script]));
  expect(asked.stdout).toBe('installed --ndjson --tether 20s\n');
  expect(installed).toBe(undefined);
});

test.each([
  ['the script runs where Node is', ['node'], 'script --ndjson --tether 20s\n'],
  ['the executable runs where Node is missing', [], 'executable --ndjson --tether 20s\n'],
])('%s, and is found there the next time', async (_, programs, output) => {
  const guest = createGuest(programs);
  const pusher = new Pusher([script, executable]);
  const { installed } = await push(guest, pusher);
  expect(installed?.stderr).toBe('');
  expect(installed?.stdout).toBe(output);
  expect((await push(guest, pusher)).asked.stdout).toBe(output);
  expect(guest.cache()).toHaveLength(2);
});

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['torn', (bytes) => bytes.subarray(0, 10)],
  ['damaged', (bytes) => bytes.map((byte, index) => (index === 12 ? byte ^ 1 : byte))],
])('a program that arrives %s is not installed and leaves no file [fault:push-torn]', async (_, change) => {
  const guest = createGuest(['node']);
  const pusher = new Pusher([script]);
  const { installed } = await push(guest, pusher, change);
  expect(installed).toMatchObject({ status: 1, stdout: '', stderr: 'the program was damaged on its way\n' });
  expect(guest.cache()).toHaveLength(1);
});

test('a guest that can run none of the programs is an error that says why', async () => {
  const guest = createGuest();
  await expect(push(guest, new Pusher([script]))).rejects.toThrow(
    `nothing to push: Node is missing there, and this churntop is no executable for ${executable.machine}`,
  );
});
