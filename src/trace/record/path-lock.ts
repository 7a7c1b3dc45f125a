import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { basename, dirname } from 'node:path';
import { errnoName } from '../../util/errno.ts';
import { RecordError } from './errors.ts';

/** The longest an abstract socket name can be; shorter ones are padded by some versions of libuv and not by others. */
const socketNameLength = 107;
/** A holder that is stopped answers nothing. */
const answerTimeoutMs = 200;

/**
 * One name in one directory, whatever path leads there and whatever file it is now: rotation keeps it.
 * @throws the system's error
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
    // It has just ended, or says nothing: then it has no name.
    socket.once('error', () => done());
    socket.once('close', () => done());
  });

export type PathLock = { release: () => Promise<void> };

/**
 * Keep other recorders off a path. Node has no flock(2); an abstract Unix socket (unix(7)) is held by one process at a
 * time and, having no file, is gone with it however it ends. It is seen within one network namespace.
 * @throws RecordError `busy` with the holder's PID
 */
export const lockPath = async (path: string, pid: number): Promise<PathLock> => {
  let name: string;
  try {
    name = lockName(path);
  } catch (error) {
    throw new RecordError({ reason: 'failed', path, code: errnoName(error) }, error);
  }
  const server = createServer((socket) => {
    // A caller that does not wait for the answer is no concern of the recorder.
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
