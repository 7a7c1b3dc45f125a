import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlace, placeOf } from '../../../src/domain/cgroups/place.ts';
import {
  containerKeyOf,
  describeContainers,
  describePod,
  describeUnit,
  formatPlace,
  noContainerKey,
  unitKeyOf,
} from '../../../src/domain/cgroups/place-text.ts';

const id = '0123456789ab'.padEnd(64, 'c');
const outer = 'a'.repeat(64);
const pod = 'b'.repeat(64);
const uid = '1e2d3c4b-0a1b-4c5d-8e9f-001122334455';
const placeholders = {
  OUTER12: outer.slice(0, 12),
  OUTER: outer,
  POD12: pod.slice(0, 12),
  POD: pod,
  U_I_D: uid.replaceAll('-', '_'),
  UID: uid,
  ID12: id.slice(0, 12),
  ID: id,
};
const expand = (text: string) =>
  text.replaceAll(/OUTER12|OUTER|POD12|POD|U_I_D|UID|ID12|ID/g, (name) => placeholders[name as 'ID']);
const userName = (user: number) => (user === 1000 ? 'alice' : String(user));

/** Returns the place of a path as a line of `places.txt`. */
const describePlace = (path: string): string => {
  const place = parsePlace(path);
  const parts = {
    unit: describeUnit(place, userName),
    slice: place.slice?.replaceAll(pod, 'POD12'),
    container: describeContainers(place),
    pod: describePod(place),
    column: formatPlace(path),
  };
  return Object.entries(parts)
    .flatMap(([name, text]) => (text === undefined ? [] : [`${name} ${text}`]))
    .join(' | ')
    .replaceAll('POD12', pod.slice(0, 12));
};

const lines = readFileSync(new URL('places.txt', import.meta.url), 'utf8').split('\n');
const examples = lines.flatMap((line, index) =>
  line.startsWith('/') ? [[line, lines[index + 1]?.trim() ?? ''] as const] : [],
);

describe('parsePlace', () => {
  test.each(examples)('finds unit and container of %s', (path, expected) => {
    expect(describePlace(expand(path))).toBe(expand(expected));
  });

  test('finds the innermost container when containers run in containers [fault:nested-container]', () => {
    const { containers } = parsePlace(
      `/system.slice/docker-${outer}.scope/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`,
    );
    expect(containers).toEqual([
      { engine: 'containerd', id },
      { engine: 'docker', id: outer },
    ]);
  });

  const segment = fc.oneof(
    fc.constantFrom('docker', 'lxc', 'machine', 'kubepods', 'payload', 'container', 'supervisor', '..', ''),
    fc.constantFrom(`pod${uid}`, `docker-${id}.scope`, id, 'user@1.service', 'system.slice', 'init.scope'),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.stringMatching(/^(?:[a-z._@:-]|\\x[0-9a-f]{2}){0,80}\.(?:service|scope|slice)$/),
  );
  const paths = fc.oneof(
    fc.array(segment, { maxLength: 200 }).map((segments) => `/${segments.join('/')}`),
    fc.string({ unit: 'binary', maxLength: 4096 }),
  );

  test('parses any path, and decodes no control character, when the path is hostile', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const { unit = '', slice = '', containers } = parsePlace(path);
        const controls = /[\p{Cc}\p{Cf}]/u;
        expect(unit + slice).not.toMatch(controls);
        expect(containers.length).toBeLessThanOrEqual(64);
        for (const { name } of containers)
          if (name !== undefined && controls.test(name)) expect(path).toMatch(controls);
        for (const text of [unitKeyOf(path), containerKeyOf(path), formatPlace(path)])
          expect(text.length).toBeLessThanOrEqual(Math.max(path.length, noContainerKey.length) + 100);
      }),
    );
  });

  test('returns the same place when the path is in the cache', () => {
    fc.assert(
      fc.property(paths, (path) => {
        expect(placeOf(path)).toEqual(parsePlace(path));
        expect(placeOf(path)).toBe(placeOf(path));
      }),
    );
  });
});

test('placeOf evicts the oldest path when it has 1024 paths', () => {
  const first = placeOf('/first');
  for (let index = 0; index < 1024; index++) placeOf(`/${index}`);
  expect(placeOf('/first')).not.toBe(first);
});

test('units of the host, of users and of containers have different keys', () => {
  const keys = [
    '/system.slice/dbus.service',
    '/user.slice/user-1000.slice/user@1000.service/session.slice/dbus.service',
    '/lxc.payload.web/system.slice/dbus.service',
  ].map(unitKeyOf);
  expect(keys).toEqual(['dbus.service', 'user@1000/dbus.service', 'web/dbus.service']);
});

test('the key of a container has its short ID, and is the same for all processes outside of containers', () => {
  expect([`/docker/${id}`, '/lxc/web', '/system.slice/a.service', '/'].map(containerKeyOf)).toEqual([
    'docker:0123456789ab',
    'lxc:web',
    noContainerKey,
    noContainerKey,
  ]);
});
