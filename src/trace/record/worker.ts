import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { loadRegexEngine, parseFilter } from '../../domain/filter/filter.ts';
import { waitAtMost } from '../../util/wait.ts';
import { newRecorderId } from '../format/composer.ts';
import { RecordError } from './errors.ts';
import { tickIntervalNs } from './output-file.ts';
import { lockPath } from './path-lock.ts';
import type { FeedMessage, RecorderMessage, RecordFeed, RecordOptions } from './protocol.ts';
import { Recording } from './recording.ts';
import { Rotator } from './rotator.ts';
import { TraceFile } from './trace-file.ts';

const { options, feed } = workerData as { options: RecordOptions; feed: RecordFeed };
const now = process.hrtime.bigint;
const post = (message: RecorderMessage) => parentPort?.postMessage(message);

/** Time to wait for the `detached` message. The sampler thread may have exited without sending it. */
const detachTimeoutMs = 300;

const runRecorder = async (): Promise<void> => {
  const { path, info, tool, append = false, fsyncNs, rotation = {}, filter: text = '', users } = options;
  if (text !== '') await loadRegexEngine();
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(`filter: ${filter.error}`);
  const lock = await lockPath(path, process.pid);
  let rotationError: string | undefined;
  const rotator = new Rotator(path, rotation, (error) => {
    rotationError = (error as Error).message;
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
      recorder: newRecorderId(),
      open: (mode, nowNs) => TraceFile.open(path, mode, nowNs),
      rotator,
      wallOffsetNs: () => BigInt(Date.now()) * 1_000_000n - now(),
    },
    now(),
  );
  const postStatus = () => {
    const { status } = recording;
    post({ type: 'status', status: { ...status, error: status.error ?? rotationError } });
  };
  let detach = () => {};
  const detached = new Promise<void>((resolve) => {
    detach = resolve;
  });
  const onMessage = (message: FeedMessage) => {
    if (message.type === 'status') recording.onStatus(message.status, now());
    if (message.type === 'clock') recording.onClock(message.offsets);
    if (message.type === 'detached') detach();
    if (message.type !== 'batch') return;
    Atomics.add(feed.acked, 0, 1);
    recording.onBatch(message.batch);
  };
  const nextPendingMessage = () => receiveMessageOnPort(feed.port) as { message: FeedMessage } | undefined;
  postStatus();

  feed.port.on('message', onMessage);
  const timer = setInterval(
    () => {
      recording.tick(now());
      postStatus();
    },
    Number(tickIntervalNs / 1_000_000n),
  );
  await new Promise((resolve) => parentPort?.once('message', resolve));
  // Records sampled before the request to stop may still be in transit.
  await waitAtMost(detached, detachTimeoutMs);

  clearInterval(timer);
  feed.port.off('message', onMessage);
  for (let pending = nextPendingMessage(); pending; pending = nextPendingMessage())
    onMessage(pending.message);
  recording.end(now());
  postStatus();
  feed.port.close();
  await rotator.close();
  await lock.release();
  parentPort?.close();
};

runRecorder().catch((error: unknown) => {
  if (!(error instanceof RecordError)) throw error;
  post({ type: 'refused', details: error.details });
  feed.port.close();
  parentPort?.close();
});
