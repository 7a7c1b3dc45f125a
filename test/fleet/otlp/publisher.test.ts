import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { OtlpPublisher } from '../../../src/fleet/otlp/publisher.ts';
import type { SendResult } from '../../../src/fleet/otlp/sender.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

let traces = 0;
let trace: string;
let composer: TraceComposer;
beforeEach(() => {
  trace = join(folder.path, `churn${traces++}.ndjson`);
  composer = new TraceComposer({ info: sourceInfo, tool: 'churntop', recorder: 'aaaa0001' });
  writeFileSync(trace, composer.begin(seconds(1)));
});

const write = (...records: ChurnRecord[]): void =>
  appendFileSync(trace, records.map((each) => composer.line(each)).join(''));

type LogRecord = { body: { stringValue: string }; attributes: { key: string; value: object }[] };

/** Publishes everything that is in the trace. `answers` are the results of the next requests; then all are stored. */
const publish = async (answers: SendResult[] = [], sleep = async () => {}) => {
  const bodies: string[] = [];
  const records: LogRecord[] = [];
  const messages: string[] = [];
  const delays: number[] = [];
  const deadline = new AbortController();
  const publisher = new OtlpPublisher({
    trace,
    tool: 'churntop 0.1.0',
    label: 'OTLP',
    sender: {
      async send(body) {
        const result = answers.shift() ?? { type: 'stored', rejected: 0, reason: '' };
        if (result.type !== 'stored') return result;
        const [{ scopeLogs }] = JSON.parse(body).resourceLogs;
        for (const record of scopeLogs[0].logRecords as LogRecord[]) {
          bodies.push(record.body.stringValue);
          records.push(record);
        }
        return result;
      },
    },
    onMessage: (text) => messages.push(text),
    sleep: async (ms) => {
      delays.push(ms);
      await sleep();
    },
  });
  await publisher.run(AbortSignal.abort(), deadline.signal);
  return { bodies, records, messages, delays, lost: publisher.lost };
};

describe('a publisher of a trace', () => {
  test('sends each record once, also over several runs', async () => {
    write(spawned(5, 'sh', 2), spawned(6, 'ls', 3));
    expect((await publish()).bodies).toEqual(['sh[5] spawned', 'ls[6] spawned']);
    expect((await publish()).bodies).toEqual([]);
    write(exited(6, 'ls', 4));
    expect((await publish()).bodies).toEqual(['ls[6] exited']);
  });

  test.each(['', 'null', '{"recorder":1}'])('begins at the start when the position is %j', async (text) => {
    write(spawned(5, 'sh', 2));
    writeFileSync(`${trace}.otlp`, text);
    expect((await publish()).bodies).toEqual(['sh[5] spawned']);
  });

  test('knows the processes of earlier runs', async () => {
    write(spawned(5, 'sh', 2, { guest_ppid: 77, guest_uid: 33 }));
    await publish();
    write(exited(5, 'sh', 4));
    const { records } = await publish();
    expect(records[0]?.attributes).toContainEqual({ key: 'process.parent_pid', value: { intValue: '77' } });
    expect(records[0]?.attributes).toContainEqual({ key: 'process.user.id', value: { intValue: '33' } });
  });

  test('repeats a request as long as the collector asks for it, with one message [fault:collector-busy]', async () => {
    write(spawned(5, 'sh', 2));
    const busy = { type: 'retry', reason: 'HTTP 503', afterMs: undefined } as const;
    const { bodies, delays, messages } = await publish([busy, busy, { ...busy, afterMs: 60_000 }, busy]);
    expect(bodies).toEqual(['sh[5] spawned']);
    expect(delays).toEqual([1_000, 2_000, 60_000, 8_000]);
    expect(messages).toEqual(['OTLP: HTTP 503; records wait in the file', 'OTLP: sending again']);
  });

  test('keeps the records of a request that has wrong credentials [fault:collector-credentials]', async () => {
    write(spawned(5, 'sh', 2));
    const { bodies, delays, lost } = await publish([{ type: 'misconfigured', reason: 'HTTP 401' }]);
    expect(bodies).toEqual(['sh[5] spawned']);
    expect(delays).toEqual([30_000]);
    expect(lost).toBe(0);
  });

  test('counts records that are refused or rejected, and continues after them [fault:collector-refuses]', async () => {
    write(spawned(5, 'sh', 2), spawned(6, 'sh', 2));
    const refused = await publish([{ type: 'refused', reason: 'HTTP 400: bad' }]);
    expect(refused).toMatchObject({ lost: 2, messages: ['OTLP: 2 records refused: HTTP 400: bad'] });
    write(spawned(7, 'sh', 3));
    const partial = await publish([{ type: 'stored', rejected: 1, reason: ': too old' }]);
    expect(partial).toMatchObject({ lost: 1, messages: ['OTLP: 1 record rejected: too old'] });
  });

  test('reports refused records once a minute, and the rest at the end', async () => {
    write(spawned(5, 'sh', 2));
    for (const recorder of ['aaaa0002', 'aaaa0003']) {
      composer = new TraceComposer({ info: sourceInfo, tool: 'churntop', recorder });
      appendFileSync(trace, composer.begin(seconds(3)));
      write(spawned(6, 'sh', 4), spawned(7, 'sh', 4));
    }
    const refused = { type: 'refused', reason: 'HTTP 400' } as const;
    const { lost, messages } = await publish([refused, refused, refused]);
    expect(lost).toBe(5);
    expect(messages).toEqual(['OTLP: 1 record refused: HTTP 400', 'OTLP: 4 records refused: HTTP 400']);
  });
});
