import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBlob } from '../../scripts/sea/blob.ts';
import { lightFuse } from '../../scripts/sea/fuse.ts';
import { injectNote } from '../../scripts/sea/inject-note.ts';
import { koffiOf, type Processor, runtimeOf } from '../../scripts/sea/runtime.ts';
import { koffiAsset } from '../../src/native/embedded-koffi.ts';
import { bundle } from '../support/harness/bundle.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { systemNode } from '../support/installed/system-node.ts';
import type { LibcResult } from '../support/native/libc-worker.ts';

type Output = { main: LibcResult; worker: LibcResult; again: LibcResult; deleted: readonly string[] };

const { EAGAIN, EBADF, ENOTTY, ESRCH } = constants.errno;
const processor = process.arch as Processor;
const scene = createTempDir();
const project = pathToFileURL(resolve('package.json')).href;
const isRoot = process.getuid?.() === 0;
let program = '';
beforeAll(async () => {
  program = await bundle('test/support/native/libc-calls.ts');
});
afterAll(() => {
  scene.remove();
  rmSync(dirname(program), { recursive: true });
});

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Output => {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};
/** Runs a command as a user without privileges. */
const runAsNobody = (command: string, ...args: readonly string[]): Output =>
  run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', command, ...args]);

const expectCalls = ({ main, worker, again, deleted }: Output, library: RegExp) => {
  const expected = {
    name: expect.stringMatching(library),
    errors: [-EAGAIN, -ESRCH, -ENOTTY, 0, -EBADF],
    timeout: 0,
    sent: 16,
    ready: 1,
    received: 2,
    sequences: [1, 2],
  };
  expect([main, worker, again]).toEqual([expected, expected, expected]);
  expect(deleted).toEqual([]);
};

describe('libc through koffi', () => {
  test('works on the main thread and in workers', () => {
    expectCalls(run(process.execPath, [program, project]), /^koffi 3/);
  });

  test.skipIf(!isRoot)('works as a user without privileges', () => {
    // The project may be in a folder that the user cannot open.
    mkdirSync(join(scene.path, 'node_modules'));
    cpSync('node_modules/@koromix', join(scene.path, 'node_modules/@koromix'), { recursive: true });
    cpSync(program, join(scene.path, 'program.mjs'));
    execFileSync('chmod', ['-R', 'a+rX', scene.path]);
    expectCalls(runAsNobody('/usr/bin/env', 'node', join(scene.path, 'program.mjs')), /^koffi 3/);
  });

  const node = systemNode();
  test.skipIf(node === undefined)('works with the Node of the system', () => {
    expectCalls(run(node as string, [program, project]), /^(koffi 3|node:ffi$)/);
  });

  test('gives a reason when the package is not installed', () => {
    const reason = `LibcError: optional package @koromix/koffi-linux-${processor} is not installed`;
    expect(run(process.execPath, [program])).toMatchObject({ main: { reason }, worker: { reason } });
  });

  test('gives a reason when the package is broken', () => {
    const folder = join(scene.path, `broken/node_modules/@koromix/koffi-linux-${processor}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), "throw new Error('no such library');");
    const { worker } = run(process.execPath, [program, pathToFileURL(join(scene.path, 'broken/a.js')).href]);
    expect(worker.reason).toBe(`LibcError: cannot load @koromix/koffi-linux-${processor}: no such library`);
  });
});

const node26 = process.env.CHURNTOP_NODE_26;
describe.skipIf(node26 === undefined)('libc through node:ffi (needs CHURNTOP_NODE_26=/path/to/node)', () => {
  test('works on the main thread and in workers, without a package and without a warning', () => {
    expectCalls(run(node26 as string, [program]), /^node:ffi$/);
  });

  test('is replaced by koffi when it is disabled', () => {
    expectCalls(run(node26 as string, ['--no-experimental-ffi', program, project]), /^koffi 3/);
  });
});

describe('libc in a single executable', () => {
  const executable = join(scene.path, 'executable');
  const folder = join(scene.path, 'runtime');
  const missing = join(scene.path, 'missing');
  beforeAll(() => {
    mkdirSync(folder);
    const blob = makeBlob(
      new Map<string, string | Uint8Array>([
        ['dist/churntop.js', readFileSync(program, 'utf8')],
        [koffiAsset, readFileSync(koffiOf(processor).module)],
      ]),
    );
    const file = injectNote(readFileSync(runtimeOf(processor).node), 'NODE_SEA_BLOB', blob);
    lightFuse(file);
    writeFileSync(executable, file, { mode: 0o755 });
  });

  test('works without a package, and leaves no file', () => {
    expectCalls(run(executable, [], { XDG_RUNTIME_DIR: folder, TMPDIR: missing }), /^koffi 3/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('uses the next folder when one cannot hold the library', () => {
    expectCalls(run(executable, [], { XDG_RUNTIME_DIR: missing, TMPDIR: folder }), /^koffi 3/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.skipIf(!isRoot)('gives the reasons when no folder can hold the library', () => {
    const mounts = `mount -t tmpfs -o noexec none ${folder} && mount -t tmpfs -o ro none /dev/shm && exec "$@"`;
    const { main, worker, deleted } = run('unshare', ['--mount', 'sh', '-c', mounts, 'sh', executable], {
      PATH: process.env.PATH,
      XDG_RUNTIME_DIR: missing,
      TMPDIR: folder,
    });
    const reason = `LibcError: koffi cannot be loaded from a temporary file in ${missing} (ENOENT), ${folder} (noexec), /dev/shm (EROFS)`;
    expect([main, worker, deleted]).toEqual([{ reason }, { reason }, []]);
  });
});
