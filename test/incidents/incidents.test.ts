import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { loadPty, openChurntop, openPty, program, type Session } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { kernelObstacle, type Source } from '../support/installed/sources.ts';
import { type Incident, incidents } from './incidents.ts';
import { openStage } from './stage.ts';

const pty = (await loadPty()) as NonNullable<Awaited<ReturnType<typeof loadPty>>>;

/** Presses the keys of an incident, and waits for its answer. */
const expectAnswer = async ({ steps, shows }: Incident, session: Session, context: TestContext) => {
  context.onTestFinished(async () => {
    session.kill('SIGKILL');
    await session.exit;
  });
  for (const { sees, key } of steps) {
    await session.see(sees);
    session.type(key);
  }
  await session.see(shows);
};

const best: Source = kernelObstacle ? 'proc' : 'kernel';
const staged = incidents.flatMap((incident) =>
  (incident.sources ?? [best]).map((source) => ({ ...incident, source })),
);
const traced = incidents.flatMap((incident) =>
  incident.trace ? [{ ...incident, trace: incident.trace }] : [],
);

describe.skipIf(!pty)('an incident', () => {
  test.concurrent.for(staged)('$stage is answered with --source $source', async (incident, context) => {
    const { stage: name, source, args, obstacle } = incident;
    const reason = (source === 'kernel' ? kernelObstacle : undefined) ?? obstacle?.();
    if (reason !== undefined) context.skip(reason);
    const stage = await openStage(`${name}.sh`);
    context.onTestFinished(() => stage.end());
    const flags = args?.(stage) ?? ['--filter', `under=${stage.pid}`];
    await expectAnswer(incident, openChurntop(pty, ['--source', source, ...flags]), context);
  });

  test.concurrent.for(traced)('$stage is answered with a trace', async (incident, context) => {
    const { text, read } = incident.trace;
    const folder = createTempDir();
    context.onTestFinished(() => folder.remove());
    const file = join(folder.path, 'trace.ndjson');
    writeFileSync(file, text());
    const session =
      read === 'replayed'
        ? openChurntop(pty, ['view', file])
        : openPty(pty, 'bash', ['-c', 'exec "$0" "$1" view - < "$2"', process.execPath, program, file]);
    await expectAnswer(incident, session, context);
  });
});

test('no incident needs more than three keys', () => {
  expect(incidents.filter(({ steps }) => steps.length > 3)).toEqual([]);
});
