import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commandInRoot, createBareRoot, whyNoChroot } from '../support/harness/bare-root.ts';
import { buildExecutable } from '../support/harness/build-output.ts';
import { spawnNamed } from '../support/harness/named-process.ts';
import { loadPty, openPty } from '../support/harness/pty.ts';
import { killSessionsAfterEach } from '../support/harness/sessions.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const pty = await loadPty();
const scene = createTempDir();
const name = `churntop-linux-${process.arch}`;
const executable = join(scene.path, 'one', name);
const root = join(scene.path, 'root');
afterAll(() => scene.remove());

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

beforeAll(() => buildExecutable(join(scene.path, 'one')), 60_000);

describe('the single executable', () => {
  test('is one file, with a checksum and the licenses of its contents', () => {
    expect(readdirSync(join(scene.path, 'one')).sort()).toEqual(
      ['THIRD-PARTY-LICENSES', name, `${name}.sha256`].sort(),
    );
    expect(statSync(executable).mode & 0o777).toBe(0o755);
    expect(readFileSync(`${executable}.sha256`, 'utf8')).toBe(`${sha256(executable)}  ${name}\n`);
    const licenses = readFileSync(join(scene.path, 'one/THIRD-PARTY-LICENSES'), 'utf8');
    expect(licenses).toContain(`\nnode ${process.versions.node}: MIT\n`);
    expect(licenses).toContain(`\nkoffi ${manifest.optionalDependencies['@koromix/koffi-linux-x64']}: MIT\n`);
    expect(readFileSync(executable).includes(licenses)).toBe(true);
  });

  test('ignores Node options and NODE_OPTIONS', () => {
    const { stdout, stderr, status } = spawnSync(executable, ['--eval', '0'], {
      encoding: 'utf8',
      env: { NODE_OPTIONS: '--version' },
    });
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toContain('--eval: unknown flag');
  });
});

const cannot = whyNoChroot();
const why = cannot === undefined ? '' : ` (skipped: ${cannot})`;

describe.skipIf(cannot !== undefined)(`in a root with nothing else in it${why}`, () => {
  const run = (...args: string[]) => {
    const [file, rest] = commandInRoot(root, args);
    return spawnSync(file, rest, { encoding: 'utf8', env: {}, maxBuffer: 2 ** 26 });
  };
  const track = killSessionsAfterEach();
  const open = (...args: string[]) => {
    return track(openPty(pty as NonNullable<typeof pty>, ...commandInRoot(root, args)));
  };

  let libraries: string[] = [];
  beforeAll(() => {
    mkdirSync(root);
    libraries = createBareRoot(executable, root).libraries;
  });

  test('needs only libc6, libstdc++6 and libgcc-s1, which every Debian has', () => {
    expect(libraries.map((each) => each.replace(/^ld-linux.*/, 'ld-linux'))).toEqual([
      'ld-linux',
      'libc.so.6',
      'libdl.so.2',
      'libgcc_s.so.1',
      'libm.so.6',
      'libpthread.so.0',
      'libstdc++.so.6',
    ]);
  });

  test('prints its version, its help and a check of the guest', () => {
    expect(run('--version').stdout).toBe(`${manifest.version}\n`);
    expect(run('--help').stdout).toContain('Usage: churntop');
    expect(run('check')).toMatchObject({
      stdout: expect.stringMatching(/^mode .*(kernel|cursor|walk)/m),
      stderr: '',
      status: 0,
    });
  });

  test('streams', () => {
    const [file, rest] = commandInRoot(root, ['--ndjson']);
    const first = ['-c', 'set -o pipefail; "$@" | head -3', 'bash', file, ...rest];
    const { stdout, stderr, status } = spawnSync('bash', first, { encoding: 'utf8' });
    expect(stdout).toMatch(/^\{"probe_source":"trace.header".*\n.*"initial":true/);
    expect([stderr, status]).toEqual(['', 0]);
  });

  test('records, reports and exports', async () => {
    const trace = join(root, 'tmp/trace.ndjson');
    const recorder = spawn(...commandInRoot(root, ['record', '/tmp/trace.ndjson']), { stdio: 'ignore' });
    const ended = once(recorder, 'exit');
    const holding = (what: string) =>
      vi.waitFor(() => expect(readFileSync(trace, 'utf8')).toContain(what), {
        timeout: 20_000,
        interval: 50,
      });
    await holding('"initial":true');
    const child = await spawnNamed(scene.path);
    await holding(`"process.spawned","guest_pid":${child.pid},`);
    await child.end();
    await holding(`"process.exited","guest_pid":${child.pid},`);
    recorder.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(readFileSync(trace, 'utf8')).toMatch(/"trace.end"[^\n]*\n$/);
    expect(run('report', '/tmp/trace.ndjson')).toMatchObject({
      stdout: expect.stringContaining('alive'),
      stderr: '',
      status: 0,
    });
    for (const [format, holds] of [
      ['perfetto', 'traceEvents'],
      ['otlp', 'resourceLogs'],
      ['ecs', '"@timestamp"'],
    ] as const) {
      const { stdout, status } = run('export', '--to', format, '/tmp/trace.ndjson');
      expect([status, stdout.includes(holds)], format).toEqual([0, true]);
    }
  });

  test.skipIf(!pty)('watches in a terminal, filters and records from there', async () => {
    const child = await spawnNamed(scene.path);
    const session = open('--filter', 'ct-', '--dump-dir', '/tmp');
    await session.see('● LIVE');
    await session.see(new RegExp(`${child.pid} +\\d+ .*${child.name}`));
    session.type('R');
    await session.see(/recording to \S+\.ndjson/);
    const recorded = () => {
      const name = readdirSync(join(root, 'tmp')).find((file) => file.startsWith('churntop-'));
      return name === undefined ? '' : readFileSync(join(root, 'tmp', name), 'utf8');
    };
    await vi.waitFor(() => expect(recorded()).toContain(`"guest_pid":${child.pid},`), 20_000);
    await child.end();
    await session.see(new RegExp(`[-×] +${child.pid} +${child.name} +(?:by \\S+ +)?\\d`));
    for (const [key, view] of [
      ['2', /COMM .*LAST 60 S/],
      ['3', child.name],
      ['4', /-30s.*now/],
    ] as const) {
      session.type(key);
      await session.see(view);
    }
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(recorded()).toContain(`"process.exited","guest_pid":${child.pid},`);
  });

  test.skipIf(!pty)('views a trace', async () => {
    const trace = '/tmp/viewed.ndjson';
    expect(run('record', trace, '--for', '1s').status).toBe(0);
    expect(existsSync(join(root, trace))).toBe(true);
    const session = open('view', trace);
    await session.see('REPLAY');
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });
});
