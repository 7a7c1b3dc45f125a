import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createStreams, openConnection, readStream } from '../../fleet/nats/nats-fixture.ts';
import { startChurntop } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';

/** The test takes a minute, so that it runs only if its length is given. */
const seconds = Number(process.env.CHURNTOP_KILL_SECONDS ?? 0);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isDue = (share: number) => Math.random() < share;

/** Returns the lines of each recorder in all files, in order. */
const readFiles = (directory: string): Map<string, string> => {
  const lines = new Map<string, string>();
  const names = readdirSync(directory).filter((name) => /^trace\.\d+\.ndjson/.test(name));
  for (const name of [...names.sort(), 'trace.ndjson']) {
    const bytes = readFileSync(join(directory, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    let recorder = '';
    for (const line of text.split(/(?<=\n)/)) {
      if (line.startsWith('{"probe_source":"trace.header"')) recorder = JSON.parse(line).recorder;
      lines.set(recorder, (lines.get(recorder) ?? '') + line);
    }
  }
  return lines;
};

test.skipIf(!hasNatsServer || seconds === 0)(
  'the stream is identical to the files after recorder, publisher and server were killed at random',
  { timeout: seconds * 1000 + 60_000 },
  async () => {
    const server = await TestNatsServer.start();
    const connection = await openConnection(server.url);
    await createStreams(connection);
    const directory = createTempDir();
    const file = join(directory.path, 'trace.ndjson');
    const args = ['record', file, '--append', '--rotate', '64KiB', '--gzip', '--publish', server.url];
    const start = () => startChurntop(args);
    let recorder = start();
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      await pause(200 + Math.random() * 800);
      if (isDue(0.3)) {
        recorder.process.kill('SIGKILL');
        await recorder.exit;
        recorder = start();
      }
      if (isDue(0.3)) {
        await server.kill();
        await pause(Math.random() * 500);
        await server.restart();
      }
    }
    const tail = () =>
      JSON.stringify([...readFiles(directory.path)].map(([name, text]) => [name, text.length]));
    // Each recorder publishes what the previous ones could not.
    for (;;) {
      await pause(3000);
      recorder.process.kill('SIGINT');
      expect(await recorder.exit).toMatchObject({ code: 0 });
      const stored = await readStream(connection);
      if (
        JSON.stringify(
          [...readFiles(directory.path).keys()].map((name) => [name, stored.get(name)?.length]),
        ) === tail()
      )
        break;
      recorder = start();
    }
    const [files, stored] = [readFiles(directory.path), await readStream(connection)];
    for (const [name, text] of files) expect(stored.get(name) === text, name).toBe(true);
    expect(stored.size).toBe(files.size);
    await connection.close();
    await server.stop();
    directory.remove();
  },
);
