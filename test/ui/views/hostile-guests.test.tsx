import { expect, test } from 'vitest';
import { detailsOf, FakeFleet, guestOf } from '../../support/fakes/fake-fleet.ts';
import { alert, exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { startFleetApp } from '../../support/fleet/fleet-app.tsx';

/** A text that would take over a terminal: a title, a cleared screen, colors, a line break, and hidden characters. */
const hostile = '\x1b]0;owned\x07\x1b[2J\x1b[31mred\n\u009b31m\u202eevil\u200b\r';

const hostileFleet = (): FakeFleet => {
  const comms = [
    {
      ...{ comm: hostile, spawned: 9, exited: 9, failed: 9, known: 9 },
      lastFailure: { status: { exit_code: 1 }, wallNs: sourceInfo.wallOffsetNs + seconds(99) },
    },
  ];
  const alerts = [alert(hostile, 60, { key: hostile, value: hostile })];
  const failed = { state: 'failed', reason: hostile, alerts: 0 } as const;
  return new FakeFleet(
    [guestOf(`live${hostile}`, { alerts: 1, failureRate: 1 }), guestOf(`failed${hostile}`, failed)],
    { [`live${hostile}`]: detailsOf(hostile, { recorder: hostile, comms, alerts }) },
  );
};

const forbidden = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

/** Opens the fleet. `see` types keys, waits for a text and checks the screen. */
const openFleet = (columns: number) => {
  const fleet = hostileFleet();
  const app = startFleetApp({ columns, rows: 50, fleet });
  fleet.log(`live${hostile}`, spawned(601, hostile, 99), exited(601, hostile, 99.5, { exit_code: 1 }));
  const see = async (keys: string, shows: string) => {
    await app.press(keys, shows);
    const withoutStyles = app.painted().replaceAll(/\x1b\[[0-9;]*m/g, '');
    expect(withoutStyles).not.toMatch(forbidden);
    expect(withoutStyles).toContain('␛');
    expect(app.painted()).not.toContain('\x1b[31mred');
  };
  return { fleet, see };
};

test.each([80, 200])('hostile texts of all guests are sanitized at %i columns', async (columns) => {
  const { fleet, see } = openFleet(columns);
  await see('', 'failed');
  await see('2', 'NOW/S');
  await see('b', 'EXITED');
  await see('5', 'RUNS');
  fleet.listener().onNotice?.(`skipped ${hostile}`);
  await see('', 'skipped');
  await see('L', 'EVENTS');
  await see('!', 'raised on all guests');
});

test.each([80, 200])('a hostile name of the guest on screen is sanitized at %i columns', async (columns) => {
  const { see } = openFleet(columns);
  await see('', 'failed');
  await see('\r', 'nginx');
  await see('2', 'NOW/S');
});
