import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { basename, dirname } from 'node:path';
import { errnoName } from '../../util/errno.ts';
import { RecordError } from './errors.ts';

/** Length of an abstract socket name, in bytes. Names are padded to the maximum, as some versions of libuv do. */
const socketNameLength = 107;
/** Time to wait for the PID of the owner. The owner may be stopped (SIGSTOP). */
const answerTimeoutMs = 200;

/**
 * Returns the name of the lock of a path. It depends on the directory and the file name, but not on the file, so it is the
 * same after a rotation. @throws the system's error
 */
const lockName = (path: string): string => {
  const { dev, ino } = statSync(dirname(path));
  const hash = createHash('sha256')
    .update(`${dev}:${ino}:${basename(path)}`)
    .digest('hex')
    .slice(0, 40);
  return `\0${`churntop-record-${hash}`.padEnd(socketNameLength, '.')}`;
};

const ownerPidOf = (name: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ path: name });
    const done = (pid?: number) => {
      socket.destroy();
      resolve(pid);
    };
    socket.setTimeout(answerTimeoutMs, done);
    socket.once('data', (data) => done(Number(data) || undefined));
    // The owner has just exited, or closed the connection without sending a PID.
    socket.once('error', () => done());
    socket.once('close', () => done());
  });

export type PathLock = { release: () => Promise<void> };

/**
 * Locks a path against other recorders. Uses an abstract Unix socket (unix(7)), because Node has no flock(2). Only one
 * process can bind its name, and the kernel releases it at exit. The lock is visible only in one network namespace.
 * @throws RecordError `busy` with the PID of the owner, or `failed`
 */
export const lockPath = async (path: string, pid: number): Promise<PathLock> => {
  let name: string;
  try {
    name = lockName(path);
  } catch (error) {
    throw new RecordError({ reason: 'failed', path, code: errnoName(error) }, error);
  }
  const server = createServer((socket) => {
    // The other recorder may close the connection before the answer.
    socket.on('error', () => socket.destroy());
    socket.end(String(pid));
  });
  const failed = await new Promise<unknown>((resolve) => {
    server.once('error', resolve);
    server.listen({ path: name }, () => resolve(undefined));
  });
  if (errnoName(failed) === 'EADDRINUSE')
    throw new RecordError({ reason: 'busy', path, pid: await ownerPidOf(name) }, failed);
  if (failed !== undefined)
    throw new RecordError({ reason: 'failed', path, code: errnoName(failed) }, failed);
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
};
