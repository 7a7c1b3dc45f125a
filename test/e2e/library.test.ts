import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { createTempDir } from '../support/harness/temp-dir.ts';

const root = resolve('.');
const folder = createTempDir();
const tsc = join(root, 'node_modules/.bin/tsc');

/** Sets up a package that imports churntop by name, through the exports in package.json. */
beforeAll(() => {
  execFileSync(tsc, ['-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
  mkdirSync(join(folder.path, 'node_modules'));
  const modules = ['react', '@types', 'undici-types', 'csstype', 'ink'];
  for (const name of modules.filter((each) => existsSync(join(root, 'node_modules', each))))
    symlinkSync(join(root, 'node_modules', name), join(folder.path, 'node_modules', name));
  symlinkSync(root, join(folder.path, 'node_modules/churntop'));
  writeFileSync(join(folder.path, 'package.json'), '{"type":"module"}');
});
afterAll(() => folder.remove());

const run = (script: string) => {
  const path = join(folder.path, 'consumer.js');
  writeFileSync(path, script);
  return execa(process.execPath, [path], { cwd: folder.path, reject: false });
};

describe('the built library', () => {
  test('walks the real /proc', async () => {
    const { stdout, stderr, exitCode } = await run(`
      import { ProcWalker } from 'churntop';
      const walker = new ProcWalker();
      const first = walker.poll();
      console.log(JSON.stringify({
        self: first.some((event) => event.guest_pid === process.pid),
        initial: first.every((event) => event.probe_source === 'process.zombie' || event.initial),
        alive: walker.alive > 0,
        second: walker.poll().every((event) => event.initial === undefined),
      }));
    `);
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(JSON.parse(stdout)).toEqual({ self: true, initial: true, alive: true, second: true });
  });

  test('throws errors of exported classes, with their details', async () => {
    const { stdout, stderr } = await run(`
      import { openLive, ProcError, ProcWalker } from 'churntop';
      for (const attempt of [() => new ProcWalker({ proc: '/proc/nonexistent' }).poll(), () => openLive({ root: '/proc/nonexistent' })]) {
        try {
          attempt();
        } catch (error) {
          console.log(error instanceof ProcError, error.code, error.path);
        }
      }
    `);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual(['true ENOENT /proc/nonexistent', 'true ENOENT /proc/nonexistent']);
  });

  test('captures live, and lets the process exit after stop', async () => {
    const { stdout, stderr, exitCode } = await run(`
      import { openLive } from 'churntop';
      const source = openLive();
      const batch = await new Promise((resolve, reject) =>
        source.start({ onBatch: resolve, onStatus: () => {}, onError: reject }),
      );
      await source.stop();
      const { host, bootId } = source.info;
      console.log(JSON.stringify({
        self: batch.records.some((record) => record.guest_pid === process.pid),
        now: typeof batch.nowNs,
        states: [...source.readUsage([process.pid, 999999999]).keys()].length,
        info: host !== '' && bootId !== '',
      }));
    `);
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(JSON.parse(stdout)).toEqual({ self: true, now: 'bigint', states: 1, info: true });
  });

  test('encodes and decodes records', async () => {
    const { stdout, stderr } = await run(`
      import { decode, encode, TraceError } from 'churntop';
      const record = { probe_source: 'trace.end', monotonic_ns: 2n ** 53n + 1n };
      console.log(decode(encode(record, 7)).record.monotonic_ns === record.monotonic_ns);
      try { decode('{'); } catch (error) { console.log(error instanceof TraceError); }
    `);
    expect([stderr, stdout]).toEqual(['', 'true\ntrue']);
  });

  test('exports the React hook', async () => {
    const { stdout, stderr } = await run(`
      import * as react from 'churntop/react';
      console.log(Object.keys(react).sort().join(' '));
    `);
    expect([stderr, stdout]).toEqual(['', 'openLive useProcWalker']);
  });

  test('does not import React or Ink in the main entry point', () => {
    const seen = new Set<string>();
    const visit = (path: string): string[] => {
      if (seen.has(path)) return [];
      seen.add(path);
      const specifiers = [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*["']([^"']+)["']/g)].map(
        ([, specifier]) => specifier as string,
      );
      return specifiers.flatMap((specifier) =>
        specifier.startsWith('.') ? visit(resolve(dirname(path), specifier)) : specifier,
      );
    };
    const packages = visit(resolve('dist/index.js'));
    expect(packages.length).toBeGreaterThan(0);
    expect(
      packages.filter((specifier) => !/^(node:)?(fs|os|buffer|worker_threads)$/.test(specifier)),
    ).toEqual([]);
  });
});

describe('the types of the library', () => {
  const check = (source: string) => {
    writeFileSync(join(folder.path, 'consumer.ts'), source);
    const options = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        target: 'es2023',
        module: 'nodenext',
        types: ['node'],
      },
      files: ['consumer.ts'],
    };
    writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify(options));
    return execa(tsc, ['-p', folder.path], { cwd: folder.path, reject: false });
  };

  test('exist at the paths in package.json', () => {
    for (const entry of [manifest.exports['.'], manifest.exports['./react']]) {
      expect(existsSync(entry.types), entry.types).toBe(true);
      expect(existsSync(entry.default), entry.default).toBe(true);
    }
  });

  test('accept a strict consumer', async () => {
    const { stdout, exitCode } = await check(`
      import { type Batch, type ChurnRecord, type EventSource, openLive, type ProbeEvent, ProcError, ProcWalker } from 'churntop';
      import { type ProcWalkerView, useProcWalker } from 'churntop/react';

      const events: ProbeEvent[] = new ProcWalker({ proc: '/proc', now: () => 1n }).poll();
      const source: EventSource = openLive({ intervalNs: 1_000_000n });
      const describe = (record: ChurnRecord): string => {
        switch (record.probe_source) {
          case 'process.spawned': return String(record.guest_ppid ?? '');
          case 'process.exec': return record.previous_comm;
          case 'process.user': return String(record.guest_uid);
          case 'process.zombie': return String(record.exit_code);
          case 'process.exited': return String(record.lifetime_ns);
          case 'process.children': return String(record.children_cpu_ns);
          case 'trace.gap': return record.reason;
          case 'trace.note': return record.text;
          case 'trace.alert': return record.rule;
        }
      };
      source.start({
        onBatch: ({ records, nowNs }: Batch) => console.log(nowNs + 1n, records.map(describe)),
        onStatus: ({ mode }) => console.log(mode === 'walk'),
        onError: (error) => console.log(error instanceof ProcError && error.path),
      });
      export const Watch = (): number => {
        const view: ProcWalkerView = useProcWalker(source);
        view.pause();
        return view.live.length + view.rates.spawns + events.length;
      };
    `);
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });

  test('reject wrong types', async () => {
    const { stdout, exitCode } = await check(`
      import { openLive, ProcWalker } from 'churntop';
      new ProcWalker({ now: () => 1 });
      openLive({ intervalNs: '1s' });
      new ProcWalker().poll()[0]?.no_such_key;
    `);
    expect(exitCode).not.toBe(0);
    expect(stdout.match(/error TS/g)).toHaveLength(3);
  });
});
