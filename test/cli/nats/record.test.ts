import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { getStream } from '../../../src/fleet/nats/server/jetstream.ts';
import { openConnection } from '../../fleet/nats/nats-fixture.ts';
import { program } from '../../support/harness/pty.ts';
import { startChurntop, waitFor, waitForText } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs churntop to its end. */
const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const options = { env: { ...process.env, ...env } };
  return promisify(execFile)(process.execPath, [program, ...args], options).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, code }),
  );
};

describe.skipIf(!hasNatsServer)('churntop (with nats-server)', () => {
  const directory = createTempDir();
  const servers: TestNatsServer[] = [];
  afterAll(async () => {
    for (const server of servers) await server.stop();
    directory.remove();
  });
  const start = async () => {
    const server = await TestNatsServer.start();
    servers.push(server);
    return server;
  };

  test('publishes a recording; reports and exports from the server equal those from the file', async () => {
    const { url } = await start();
    const file = join(directory.path, 'trace.ndjson');
    const missing = await run(['check', url]);
    expect(missing.stdout).toMatch(/^CHURN +missing\nCHURN_NOW +missing\n/m);
    expect(missing.stdout).toContain(
      "\n  nats stream add CHURN_NOW --subjects 'churn.*.*.pulse,churn.*.*.alive,churn.*.*.alive.*' --storage file --retention limits --discard old --max-age 1h --max-msgs-per-subject 1 --max-bytes 1GiB --allow-direct --defaults",
    );
    const refused = await run(['record', file, '--publish', url]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /: no stream takes churn\.[\w-]+\.\w+\.events \(churntop check nats:\/\/127\.0\.0\.1:\d+ shows how to add it\)\n$/,
      ),
    });
    const created = JSON.parse((await run(['check', url, '--create', '--json'])).stdout);
    expect(created).toMatchObject({
      publish: true,
      resume: true,
      view: true,
      streams: [{ exists: true }, { exists: true }],
    });

    const recorder = startChurntop(['record', file, '--append', '--publish', url]);
    await waitForText(file, '"trace.header"');
    const connection = await openConnection(url);
    while ((await getStream(connection, 'CHURN'))?.state.messages === 0) await pause(50);
    await connection.close();
    recorder.process.kill('SIGINT');
    expect(await recorder.exit).toMatchObject({ code: 0 });
    expect(recorder.stderr()).toBe('');
    const env = { NATS_URL: url };
    const [none, ...results] = await Promise.all([
      run(['report', url, '--guests', 'other*']),
      ...[
        ['report', '--json'],
        ['export', '--to', 'ecs'],
      ].map(async (args) => [await run([...args, file]), await run([...args, 'nats:'], env)] as const),
    ]);
    for (const [local, remote] of results) expect(remote).toEqual(local);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/: no events of these guests\n$/) });
  });

  test('records while the server cannot be reached, and refuses secrets in arguments', async () => {
    const file = join(directory.path, 'unreachable.ndjson');
    const recorder = startChurntop(['record', file, '--publish', 'nats://127.0.0.1:1']);
    await waitForText(file, '"process.spawned"');
    await waitFor(
      'the message',
      () => recorder.stderr().includes('127.0.0.1:1: connection refused') || undefined,
    );
    recorder.process.kill('SIGINT');
    expect(await recorder.exit).toMatchObject({ code: 0 });
    expect(recorder.stderr()).toMatch(/: [\d,]+ records not published \(record --append publishes them\)\n$/);
    expect(readFileSync(file, 'utf8')).toMatch(/"trace\.end"[^\n]*\n$/);
    const report = await run(['report', 'nats://user:secret@127.0.0.1']);
    expect(report).toMatchObject({ code: 2, stdout: '' });
    expect(report.stderr).toContain('must not contain a user, password or token');
    expect(report.stderr).not.toContain('secret');
  });
});
