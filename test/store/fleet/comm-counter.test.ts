import { describe, expect, test } from 'vitest';
import type { GuestComm } from '../../../src/domain/fleet/guest-details.ts';
import { CommCounter } from '../../../src/store/fleet/comm-counter.ts';
import { fleetChurnRows, fleetFailureRows } from '../../../src/store/fleet/comm-list.ts';
import { FleetModel } from '../../../src/store/fleet/fleet-model.ts';
import { detailsOf, FakeFleet, guestOf, mixedFleet } from '../../support/fakes/fake-fleet.ts';
import { seconds, sourceInfo } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const counts = (comm: string, spawned: number, failed = 0): GuestComm => ({
  comm,
  spawned,
  exited: spawned,
  failed,
  known: spawned,
});

/** Returns a function that counts the guests at a time, ms. `comms` are those of each guest. */
const counterOf = (comms: Record<string, GuestComm[]>) => {
  const counter = new CommCounter();
  const guests = Object.keys(comms).map((id) => guestOf(id));
  return (nowMs: number) =>
    counter.tablesAt(nowMs, guests, (id) => detailsOf(id, { comms: comms[id] ?? [] }));
};

test('a comm is counted over all guests, with the host if it is on one only', () => {
  const tablesAt = counterOf({ web1: [counts('sh', 3), counts('nginx', 1)], web2: [counts('sh', 4)] });
  const { byComm, byHost } = tablesAt(0);
  expect(byComm).toMatchObject([
    { comm: 'sh', spawned: 7, hosts: 2, host: undefined },
    { comm: 'nginx', spawned: 1, hosts: 1, host: 'web1' },
  ]);
  expect(byHost).toMatchObject([
    { host: 'web1', spawned: 4 },
    { host: 'web2', spawned: 4 },
  ]);
});

test('the rate of a comm is the mean of the last five seconds', () => {
  const comms = { web1: [counts('sh', 100)] };
  const tablesAt = counterOf(comms);
  expect(tablesAt(0).byComm[0]?.rate).toBeUndefined();
  for (let second = 1; second <= 10; second++) {
    comms.web1 = [counts('sh', second <= 5 ? 100 : 100 + 10 * (second - 5))];
    tablesAt(second * 1000);
  }
  expect(tablesAt(10_000).byComm[0]?.rate).toBe(10);
  comms.web1 = [counts('sh', 3)];
  expect(tablesAt(11_000).byComm[0]?.rate).toBe(0);
});

test('comms are counted once a second', () => {
  const comms = { web1: [counts('sh', 1)] };
  const tablesAt = counterOf(comms);
  const first = tablesAt(0);
  comms.web1 = [counts('sh', 2)];
  expect(tablesAt(999)).toBe(first);
  expect(tablesAt(1_000).byComm[0]?.spawned).toBe(2);
});

test('many guests are counted in parts, so that no frame takes long', () => {
  const tablesAt = counterOf(
    Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`web${index}`, [counts('sh', 2)]])),
  );
  expect(tablesAt(0).byHost).toHaveLength(0);
  expect(tablesAt(100).byHost).toHaveLength(0);
  expect(tablesAt(200).byHost).toHaveLength(2_500);
  expect(tablesAt(300).byComm[0]?.spawned).toBe(5_000);
});

test('the newest failure is dated by the clock of its guest', () => {
  const lastFailure = (at: number) => ({
    status: { exit_code: at },
    wallNs: sourceInfo.wallOffsetNs + seconds(at),
  });
  const counter = new CommCounter();
  const details = {
    fast: detailsOf('fast', {
      nowNs: seconds(100),
      comms: [{ ...counts('sh', 9, 1), lastFailure: lastFailure(90) }],
    }),
    slow: detailsOf('slow', {
      nowNs: seconds(50),
      comms: [{ ...counts('sh', 9, 1), lastFailure: lastFailure(48) }],
    }),
  };
  const { byComm, failures } = counter.tablesAt(0, [guestOf('fast'), guestOf('slow')], (id) =>
    id === 'fast' ? details.fast : details.slow,
  );
  expect(byComm[0]?.lastFailure).toEqual({ status: { exit_code: 48 }, agoNs: seconds(2) });
  expect(failures.map(({ host, failed }) => [host, failed])).toEqual([
    ['fast', 1],
    ['slow', 1],
  ]);
});

describe('rows over all guests', () => {
  const fleet = new FleetModel(mixedFleet().fleet, () => 0).dataFor({
    paused: false,
    activeView: 'churn',
    focusedGuest: undefined,
  });
  const names = (by: string, text = '') =>
    fleetChurnRows(fleet, { filter: filterOf(text), order: { by, reversed: false }, groupBy: 'comm' }).map(
      ({ comm }) => comm,
    );

  test('churn is sorted by each column', () => {
    expect(names('spawns')).toEqual(['curl', 'sh', 'api-server', 'nginx']);
    expect(names('failed')).toEqual(['api-server', 'curl', 'sh', 'nginx']);
    expect(names('name')).toEqual(['api-server', 'curl', 'nginx', 'sh']);
  });

  test('a filter by comm or by host selects rows', () => {
    expect(names('spawns', 'comm=sh,curl')).toEqual(['curl', 'sh']);
    expect(names('spawns', 'host=web2')).toEqual(['api-server']);
    const failures = fleetFailureRows(fleet, {
      filter: filterOf('host~edge'),
      order: { by: 'last', reversed: false },
    });
    expect(failures.map(({ comm, host }) => [comm, host])).toEqual([['curl', 'edge1']]);
  });
});

test('the guests are read again only after a change, and not while the view is paused', () => {
  const fake = new FakeFleet([guestOf('web1', { alive: 1 })]);
  const model = new FleetModel(fake.fleet, () => 0);
  const view = { paused: false, activeView: 'hosts', focusedGuest: undefined } as const;
  const first = model.dataFor(view);
  expect(model.dataFor(view)).toBe(first);
  fake.update('web1', { alive: 2 });
  model.markChanged();
  expect(model.dataFor({ ...view, paused: true })).toBe(first);
  const counted = model.dataFor({ ...view, paused: true, activeView: 'churn' });
  expect(counted.guests).toBe(first.guests);
  expect(counted.comms.byComm).not.toHaveLength(0);
  expect(model.dataFor(view).totals.alive).toBe(2);
});

test('raised alerts are counted for the bell', () => {
  const fake = new FakeFleet([guestOf('web1', { alerts: 1 }), guestOf('web2')]);
  const model = new FleetModel(fake.fleet, () => 0);
  const raised = () => {
    model.markChanged();
    return model.dataFor({ paused: false, activeView: 'hosts', focusedGuest: undefined }).raisedTotal;
  };
  expect(raised()).toBe(1);
  fake.update('web2', { alerts: 2 });
  expect(raised()).toBe(3);
  fake.update('web1', { alerts: 0 });
  expect(raised()).toBe(3);
});
