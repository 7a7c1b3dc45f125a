import { randomBytes } from 'node:crypto';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { parseFilter } from '../../domain/filter/filter.ts';
import { RecordError } from './errors.ts';
import { tickNs } from './output-file.ts';
import { lockPath } from './path-lock.ts';
import type { FeedMessage, RecorderMessage, RecordFeed, RecordOptions } from './protocol.ts';
import { Recording } from './recording.ts';
import { openParts } from './rotation.ts';
import { TraceFile } from './trace-file.ts';

const { options, feed } = workerData as { options: RecordOptions; feed: RecordFeed };
const now = process.hrtime.bigint;
const post = (message: RecorderMessage) => parentPort?.postMessage(message);

/** A feed that does not say its last word (its thread died) is not waited for any longer. */
const lastWordsMs = 300;

const record = async (): Promise<void> => {
  const { path, info, tool, append = false, fsyncNs, rotation = {}, filter: text = '', users } = options;
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(`filter: ${filter.error}`);
  const lock = await lockPath(path, process.pid);
  let partsTrouble: string | undefined;
  const parts = openParts(path, rotation, (error) => {
    partsTrouble = (error as Error).message;
  });
  const recording = new Recording(
    {
      path,
      info,
      tool,
      append,
      fsyncNs,
      rotation,
      filter,
      userName: (uid) => users?.get(uid) ?? String(uid),
      recorder: randomBytes(4).toString('hex'),
      open: (mode, nowNs) => TraceFile.open(path, mode, nowNs),
      parts,
      wallOffsetNs: () => BigInt(Date.now()) * 1_000_000n - now(),
    },
    now(),
  );
  const tell = () => {
    const { status } = recording;
    post({ type: 'status', status: { ...status, trouble: status.trouble ?? partsTrouble } });
  };
  let detach = () => {};
  const detached = new Promise<void>((resolve) => {
    detach = resolve;
  });
  const hear = (message: FeedMessage) => {
    if (message.type === 'status') recording.heard(message.status, now());
    if (message.type === 'detached') detach();
    if (message.type !== 'batch') return;
    Atomics.add(feed.taken, 0, 1);
    recording.take(message.batch);
  };
  const lateMessage = () => receiveMessageOnPort(feed.port) as { message: FeedMessage } | undefined;
  tell();

  feed.port.on('message', hear);
  const timer = setInterval(
    () => {
      recording.tick(now());
      tell();
    },
    Number(tickNs / 1_000_000n),
  );
  await new Promise((resolve) => parentPort?.once('message', resolve));
  // What was seen before the end was asked for may still be on its way.
  await Promise.race([detached, new Promise((resolve) => setTimeout(resolve, lastWordsMs))]);

  clearInterval(timer);
  feed.port.off('message', hear);
  for (let late = lateMessage(); late; late = lateMessage()) hear(late.message);
  recording.end(now());
  tell();
  feed.port.close();
  await parts.close();
  await lock.release();
  parentPort?.close();
};

record().catch((error: unknown) => {
  if (!(error instanceof RecordError)) throw error;
  post({ type: 'refused', facts: error.facts });
  feed.port.close();
  parentPort?.close();
});
