import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OtlpTarget } from '../../../src/fleet/otlp/environment.ts';
import { OtlpSender, retryAfterMs } from '../../../src/fleet/otlp/sender.ts';
import { type Answer, answer, startCollector } from '../../support/fakes/fake-collector.ts';

let collector: Awaited<ReturnType<typeof startCollector>>;
let sender: OtlpSender | undefined;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => {
  sender?.close();
  collector.close();
});

const open = (more: Partial<OtlpTarget> = {}): OtlpSender => {
  sender = new OtlpSender({
    url: collector.url,
    headers: {},
    gzip: false,
    timeoutMs: 5_000,
    certificate: undefined,
    clientKey: undefined,
    clientCertificate: undefined,
    ...more,
  });
  return sender;
};

const request = '{"resourceLogs":[]}';

test('a request is sent with its headers, compressed if wanted, over one connection', async () => {
  const target = open({ gzip: true, headers: { authorization: 'Basic x' } });
  expect(await target.send(request)).toEqual({ type: 'stored', rejected: 0, reason: '' });
  expect(await target.send(request)).toMatchObject({ type: 'stored' });
  expect(collector.headers[0]).toMatchObject({
    authorization: 'Basic x',
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    connection: 'keep-alive',
  });
});

test.each<[string, Answer, object]>([
  [
    '429 with a delay',
    answer(429, 'slow down', { 'retry-after': '7' }),
    { type: 'retry', reason: 'HTTP 429: slow down', afterMs: 7_000 },
  ],
  ['503', answer(503), { type: 'retry', reason: 'HTTP 503: {}', afterMs: undefined }],
  [
    'a dropped connection',
    (response) => void response.destroy(),
    { type: 'retry', reason: 'the connection was reset (ECONNRESET)' },
  ],
  ['400', answer(400, 'bad\n\u001b[2Jdata'), { type: 'refused', reason: 'HTTP 400: bad ␛[2Jdata' }],
  ['413', answer(413, ''), { type: 'refused', reason: 'HTTP 413' }],
  ['401', answer(401, ''), { type: 'misconfigured', reason: 'HTTP 401' }],
  [
    'a redirect',
    answer(302, '', { location: 'http://127.0.0.1:1/' }),
    { type: 'misconfigured', reason: 'HTTP 302: http://127.0.0.1:1/' },
  ],
  [
    'a partial success',
    answer(200, '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}'),
    { type: 'stored', rejected: 3, reason: ': too old' },
  ],
  ['200 without JSON', answer(200, 'OK'), { type: 'stored', rejected: 0, reason: '' }],
  [
    'a web page',
    answer(200, '<html>'),
    { type: 'misconfigured', reason: 'no OTLP collector: HTTP 200: <html>' },
  ],
  [
    'another protocol',
    (response) => void response.socket?.end('SSH-2.0-x\r\n'),
    { type: 'retry', reason: 'the answer is not HTTP (HPE_INVALID_CONSTANT)' },
  ],
  [
    'an endless answer',
    (response) => void response.writeHead(200).end('x'.repeat(1 << 20)),
    { type: 'stored' },
  ],
])('%s is understood', async (_, given, result) => {
  collector.answers.push(given);
  expect(await open().send(request)).toMatchObject(result);
});

test('a collector that does not answer in time, or does not listen, is tried again [fault:collector-silent]', async () => {
  collector.answers.push(() => {});
  expect(await open({ timeoutMs: 50 }).send(request)).toEqual({
    type: 'retry',
    reason: 'no answer in time',
    afterMs: undefined,
  });
  collector.close();
  expect(await open().send(request)).toMatchObject({
    type: 'retry',
    reason: 'connection refused (ECONNREFUSED)',
  });
});

test('a request under way ends when the sender is closed', async () => {
  const received = new Promise<void>((resolve) => collector.answers.push(() => resolve()));
  const target = open();
  const result = target.send(request);
  await received;
  target.close();
  expect(await result).toMatchObject({ type: 'retry' });
});

test('Retry-After is a number of seconds or a date', () => {
  const nowMs = Date.parse('2026-11-30T12:00:00Z');
  expect(retryAfterMs('120', nowMs)).toBe(120_000);
  expect(retryAfterMs('Mon, 30 Nov 2026 12:00:30 GMT', nowMs)).toBe(30_000);
  expect(retryAfterMs('Mon, 30 Nov 2026 11:00:00 GMT', nowMs)).toBe(0);
  expect(retryAfterMs('soon', nowMs)).toBe(undefined);
  expect(retryAfterMs(undefined, nowMs)).toBe(undefined);
});
