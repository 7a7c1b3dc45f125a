import { expect, test } from 'vitest';
import { otlpTargetOf } from '../../../src/fleet/otlp/environment.ts';

test.each([
  [{}, 'http://localhost:4318/v1/logs'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel:4318' }, 'https://otel:4318/v1/logs'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel/base/' }, 'https://otel/base/v1/logs'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://b/logs' },
    'http://b/logs',
  ],
])('%j sends to %s', (env, url) => {
  expect(otlpTargetOf(env).url.href).toBe(url);
});

test('variables for logs override those for all signals, and blank ones count as absent', () => {
  expect(
    otlpTargetOf({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20x, X-Scope=a=b',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: ' ',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_TIMEOUT: '250',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
    }),
  ).toMatchObject({
    headers: { authorization: 'Basic x', 'x-scope': 'a=b' },
    gzip: true,
    timeoutMs: 250,
    certificate: '/ca.pem',
    clientKey: undefined,
  });
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'otel:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: invalid URL "otel:4318"'],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'ftp://u:se/secret@a' }, 'invalid URL "ftp://…@a" (expected'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: grpc is not supported'],
  [{ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, 'OTEL_EXPORTER_OTLP_COMPRESSION: unknown "zstd"'],
  [{ OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '10s' }, 'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: not a number'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%zz' }, 'OTEL_EXPORTER_OTLP_HEADERS: invalid header'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%0Ab' }, 'OTEL_EXPORTER_OTLP_HEADERS: invalid header'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a b=secret' }, 'OTEL_EXPORTER_OTLP_HEADERS: invalid header'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, 'OTEL_EXPORTER_OTLP_HEADERS: invalid header'],
])('%j is rejected by name', (env, message) => {
  expect(() => otlpTargetOf(env)).toThrow(message);
  expect(() => otlpTargetOf(env)).not.toThrow('secret');
});
