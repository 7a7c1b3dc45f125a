import { describe, expect, test } from 'vitest';
import { encode } from '../../../src/trace/format/encode.ts';
import { spawned } from '../../support/fixtures/events.ts';
import { needsPublished, requirePublished } from '../../support/harness/published-packages.ts';
import { exportText, hostile, ndjson, place, storyText } from './export-fixture.ts';

describe('ecs', () => {
  const documents = ndjson(exportText('ecs', storyText).out);

  test('writes the ECS type and action of each record', () => {
    expect(documents.map(({ event }) => `${event.type} ${event.action}`)).toEqual([
      'info process-found',
      'start process-spawned',
      'change process-exec',
      'info observation-gap',
      'info note',
      'info alert-raised',
      'info process-zombie',
      'end process-exited',
    ]);
    expect(documents.at(-1)).toMatchObject({
      '@timestamp': '2026-01-01T12:00:04.000000000Z',
      event: { kind: 'event', category: ['process'], duration: 2_000_000_000 },
      process: {
        pid: 7,
        name: hostile,
        entity_id: 'b/7/200',
        parent: { pid: 1, name: 'init' },
        start: '2026-01-01T12:00:02.000000000Z',
        exit_code: 3,
      },
      host: { name: 'web-1', boot: { id: 'b' }, pid_ns_ino: '4026531836' },
    });
  });

  test('writes the container, its pod, and the systemd unit of every record of a process', () => {
    const { containerId, podUid } = place;
    const [found, ...others] = documents.filter(({ process }) => process);
    expect(found).not.toHaveProperty('container');
    for (const document of others)
      expect(document).toMatchObject({
        container: { id: containerId, runtime: 'containerd' },
        orchestrator: { type: 'kubernetes', resource: { type: 'pod', id: podUid } },
        churntop: { unit: `cri-containerd-${containerId}.scope` },
      });
  });

  test('writes the number of arguments unless they were cut', () => {
    const [spawn, exec] = ['start', 'change'].map((type) =>
      documents.find(({ event }) => event.type[0] === type),
    );
    expect(spawn.process).toMatchObject({ args: ['bash', '-c', hostile], args_count: 3 });
    expect(exec.process.args).toEqual([hostile, '--all']);
    expect(exec.process).not.toHaveProperty('args_count');
  });

  test('skips and counts records without a wall time', () => {
    expect(exportText('ecs', `${encode(spawned(1, 'a', 1))}\n`)).toEqual({ out: '', skipped: 1 });
  });

  type Fields = Record<string, { type: string; normalize?: string[]; allowed_values?: { name: string }[] }>;
  const fields = requirePublished<{ EcsFlat: Fields }>('@elastic/ecs')?.EcsFlat;

  test.skipIf(fields === undefined)(
    `every field is published, of its type and with an allowed value ${needsPublished}`,
    () => {
      const types: Record<string, (value: unknown) => boolean> = {
        long: Number.isInteger,
        date: (value) => !Number.isNaN(Date.parse(String(value))),
      };
      const wrong = new Set<string>();
      const walk = (value: object, path: string): void => {
        for (const [key, inner] of Object.entries(value)) {
          const name = path === '' ? key : `${path}.${key}`;
          if (name === 'churntop') continue;
          const field = fields?.[name];
          if (!field && typeof inner === 'object' && !Array.isArray(inner)) walk(inner, name);
          else if (!field) wrong.add(`${name} is not published`);
          else {
            const isText = (each: unknown) => typeof each === 'string';
            for (const each of [inner].flat()) {
              if (!(types[field.type] ?? isText)(each)) wrong.add(`${name} is no ${field.type}`);
              if (field.allowed_values?.every((allowed) => allowed.name !== each))
                wrong.add(`${name}: ${each}`);
            }
            if ((field.normalize ?? []).includes('array') !== Array.isArray(inner))
              wrong.add(`${name} as an array`);
          }
        }
      };
      for (const document of documents) walk(document, '');
      expect([...wrong]).toEqual([]);
    },
  );
});
