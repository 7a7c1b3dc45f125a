import { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { ConnectionProcess } from '../../../src/fleet/ssh/connection-process.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(folder.remove);
afterEach(() => void vi.restoreAllMocks());

const connect = (...commandLine: string[]) => {
  const received: string[] = [];
  const onEnd = vi.fn();
  const onBytes = (chunk: Uint8Array) => received.push(Buffer.from(chunk).toString());
  return { connection: new ConnectionProcess({ commandLine, onBytes, onEnd }), received, onEnd };
};

test('a connection delivers no bytes after its end when another process holds its output [fault:ssh-background]', async () => {
  const [ended, done] = ['ended', 'done'].map((name) => join(folder.path, name)) as [string, string];
  const late = `until [ -e '${ended}' ]; do sleep 0.05; done; echo late; echo > '${done}'`;
  const { received, onEnd } = connect('sh', '-c', `trap '' PIPE; (${late}) & echo early; exit 1`);
  await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce(), 10_000);
  writeFileSync(ended, '');
  await vi.waitFor(() => expect(existsSync(done)).toBe(true), 10_000);
  expect(onEnd).toHaveBeenCalledOnce();
  expect(received).toEqual(['early\n']);
});

test('a connection ends once when its process may not be signaled, as that of sudo', async () => {
  vi.spyOn(ChildProcess.prototype, 'kill').mockImplementation(function (this: ChildProcess) {
    this.emit('error', Object.assign(new Error('kill EPERM'), { code: 'EPERM' }));
    return false;
  });
  const { connection, onEnd } = connect('cat');
  await connection.close();
  expect(onEnd.mock.calls).toEqual([[{ code: 0, signal: null, lastLine: '' }]]);
});

test('a connection ends with its reason when no file can be opened [fault:ssh-emfile]', async () => {
  const program = `
    const { ConnectionProcess } = await import('${resolve('src/fleet/ssh/connection-process.ts')}');
    const connections = Array.from({ length: 40 }, () => new ConnectionProcess({
      commandLine: ['cat'],
      onBytes: () => {},
      onEnd: ({ lastLine }) => {
        console.log(lastLine);
        for (const each of connections) void each.close();
      },
    }));`;
  const node = [process.execPath, '--input-type=module', '--eval', program];
  const { stdout } = await execa('sh', ['-c', 'ulimit -n 60; exec "$0" "$@"', ...node], { detached: true });
  expect(stdout).toContain('spawn cat EMFILE');
});
