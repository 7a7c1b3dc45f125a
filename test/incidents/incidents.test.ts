import { describe, expect, test } from 'vitest';
import { loadPty, openChurntop } from '../support/harness/pty.ts';

import { kernelObstacle } from '../support/installed/sources.ts';
import { incidents } from './incidents.ts';
import { openStage } from './stage.ts';

const pty = await loadPty();

const cases = incidents.flatMap((incident) => incident.sources.map((source) => ({ ...incident, source })));

describe.skipIf(!pty)('an incident', () => {
  test.concurrent.for(cases)('$stage is answered with --source $source', async (incident, context) => {
    const { stage: name, source, steps, shows, args } = incident;
    if (source === 'kernel' && kernelObstacle) context.skip(kernelObstacle);
    const stage = await openStage(`${name}.sh`);
    context.onTestFinished(() => stage.end());
    const flags = args?.(stage) ?? ['--filter', `under=${stage.pid}`];
    const session = openChurntop(pty as NonNullable<typeof pty>, ['--source', source, ...flags]);
    context.onTestFinished(async () => {
      session.kill('SIGKILL');
      await session.exit;
    });
    for (const { sees, key } of steps) {
      await session.see(sees);
      session.type(key);
    }
    await session.see(shows);
  });
});

test('no incident needs more than three keys', () => {
  expect(incidents.filter(({ steps }) => steps.length > 3)).toEqual([]);
});
