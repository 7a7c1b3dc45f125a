/** Measures how many records a second are decoded, read, reported and exported on one core. Run by `trace.ts`. */
import { PassThrough, Readable, Writable } from 'node:stream';
import { exportFiles } from '../src/cli/commands/export.ts';
import { reportFiles } from '../src/cli/commands/report.ts';
import { isProbeEvent } from '../src/domain/events/event.ts';
import { matchAll } from '../src/domain/filter/match-all.ts';
import { ChurnStats } from '../src/domain/stats/churn-stats.ts';
import { exportFormats } from '../src/trace/export/exporter.ts';
import { decodeJsonLine, decodeLine } from '../src/trace/format/decode.ts';
import { TraceReader } from '../src/trace/read/reader.ts';
import { syntheticEvents, syntheticTrace } from '../test/support/fixtures/synthetic-trace.ts';

const chunkBytes = 1 << 18;
const rounds = 3;
const spawns = Number(process.argv[2] ?? 200_000);

const bytes = Buffer.from([...syntheticTrace(syntheticEvents(spawns))].join(''));
const text = bytes.toString();
const records = text.split('\n').length - 1;

const chunks = function* (): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
};

const eachLine = (decode: (line: string) => unknown): void => {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    decode(text.slice(start, end));
    start = end + 1;
  }
};

const discard = () => new Writable({ highWaterMark: 1 << 20, write: (_, __, done) => done() });
const { signal } = new AbortController();
const stdin = () => Readable.from(chunks(), { objectMode: true });
const churn = [...syntheticEvents(spawns)].filter(isProbeEvent);

const tasks: Readonly<Record<string, () => Promise<number>>> = {
  'decode, lines of a recorder': async () => {
    eachLine(decodeLine);
    return records;
  },
  'decode, any JSON': async () => {
    eachLine(decodeJsonLine);
    return records;
  },
  'read (split, decode, check seq)': async () => {
    const reader = new TraceReader();
    for (const chunk of chunks()) reader.push(chunk);
    return records;
  },
  'compute statistics': async () => {
    const stats = new ChurnStats();
    for (const event of churn) stats.apply(event);
    return churn.length;
  },
  report: async () => {
    const options = {
      filter: matchAll,
      userNames: () => String,
      groupBy: undefined,
      json: false,
      top: undefined,
      columns: 80,
    };
    await reportFiles(['-'], {
      ...options,
      out: new PassThrough(),
      stdin: stdin(),
      signal,
    });
    return records;
  },
  ...Object.fromEntries(
    (Object.keys(exportFormats) as (keyof typeof exportFormats)[]).map((to) => [
      `export to ${to}`,
      async () => {
        await exportFiles({
          files: ['-'],
          to,
          tool: 'churntop bench',
          filter: matchAll,
          userNames: () => String,
          stdin: stdin(),
          out: discard(),
          signal,
        });
        return records;
      },
    ]),
  ),
};

const { log } = console;
log(
  `${records.toLocaleString('en-US')} records, ${(bytes.length / 2 ** 20).toFixed(0)} MiB, best of ${rounds}, Node ${process.version}`,
);
for (const [name, run] of Object.entries(tasks)) {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    const done = await run();
    best = Math.max(best, (done / Number(process.hrtime.bigint() - start)) * 1e9);
  }
  log(`${name.padEnd(34)}${Math.round(best).toLocaleString('en-US').padStart(12)} records/s`);
}
log();
