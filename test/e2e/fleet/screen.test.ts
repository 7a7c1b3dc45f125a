import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';
import { loadPty, openChurntop } from '../../support/harness/pty.ts';
import { killSessionsAfterEach } from '../../support/harness/sessions.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const pty = await loadPty();
const folder = createTempDir();
const track = killSessionsAfterEach();
afterAll(() => folder.remove());

describe.skipIf(!pty)('the screen over recordings of two guests', () => {
  test('lists them, shows one, dumps its events, shows all again, and replays one', async () => {
    const trace = [...syntheticTrace(syntheticEvents(200))].join('');
    for (const name of ['one', 'two']) writeFileSync(join(folder.path, `${name}.ndjson`), trace);
    const args = ['view', 'web1=one.ndjson', 'web2=two.ndjson'];
    const session = track(openChurntop(pty as NonNullable<typeof pty>, args, { cwd: folder.path }));
    await session.see('0 hosts');
    await session.see('■ web2');
    session.type('d');
    await session.see('a dump has the events of one guest');
    session.type('jj\r');
    await session.see('web2 (2 of 2)');
    session.type('d');
    await session.see('dumped to');
    session.type('\x1b');
    await session.see('■ web1');
    session.type('L');
    await session.see(/EVENTS +HOST/);
    session.type('L');
    await session.see('■ web1');
    session.type('\r');
    await session.see('its trace has ended: O replays it');
    session.type('O');
    await session.see('REPLAY');
    session.type('1.');
    await session.see(/REPLAY . 1x/);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    const [dump] = readdirSync(folder.path).filter((name) => name.startsWith('churntop-'));
    expect(readFileSync(join(folder.path, dump as string), 'utf8')).toContain('"trace.end"');
  });
});
