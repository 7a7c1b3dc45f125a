import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { resolveAddress } from '../../../src/fleet/nats/server/address.ts';
import { subjectOf } from '../../../src/fleet/nats/server/subjects.ts';
import { guestMatcher } from '../../../src/fleet/nats/subscribe/guest-names.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

describe('resolveAddress', () => {
  const config = createTempDir();
  afterAll(config.remove);
  const env = { XDG_CONFIG_HOME: config.path };
  mkdirSync(join(config.path, 'nats/context'), { recursive: true });
  const context = { url: 'tls://hub:4333,nats://hub2', user: 'u', password: 'p', creds: '', ca: '/ca.pem' };
  const contexts = { site: context, null: null, wrong: { url: 'a:b:c' } };
  for (const [name, value] of Object.entries(contexts))
    writeFileSync(join(config.path, `nats/context/${name}.json`), JSON.stringify(value));

  test.each([
    ['nats://a', {}, { servers: [{ host: 'a', port: 4222 }], tls: false, label: 'a:4222' }],
    ['nats://a:1,b,[::1]:2', {}, { servers: [{ port: 1 }, { host: 'b' }, { host: '::1', port: 2 }] }],
    ['nats://[::1]', {}, { label: '[::1]:4222' }],
    ['tls://a', { NATS_CREDS: '/c' }, { tls: true, credsFile: '/c' }],
    ['nats:', {}, { label: 'localhost:4222' }],
    ['nats:', { NATS_URL: 'nats://u:p%40w@a' }, { user: 'u', password: 'p@w', label: 'a:4222' }],
    ['nats://', { NATS_URL: 'nats://token@a', NATS_USER: 'v' }, { token: 'token', user: 'v' }],
    [
      'nats:',
      { NATS_CONTEXT: 'site' },
      { label: 'hub:4333,hub2:4222', user: 'u', caFile: '/ca.pem', tls: true },
    ],
    ['nats://a', { NATS_CONTEXT: 'site', NATS_USER: 'w' }, { label: 'a:4222', user: 'w', password: 'p' }],
  ])('reads %s with %j', (url, more, expected) => {
    expect(resolveAddress(url, { ...env, ...more })).toMatchObject(expected);
  });

  test('uses the selected context only without a host', () => {
    writeFileSync(join(config.path, 'nats/context.txt'), 'site\n');
    expect(resolveAddress('nats:', env)).toMatchObject({ label: 'hub:4333,hub2:4222' });
    expect(resolveAddress('nats://a', env).user).toBeUndefined();
  });

  test.each([
    ['nats://u:secret@a', {}, /^a NATS URL on the command line must not contain a user, password or token/],
    [
      'nats:',
      { NATS_URL: 'nats://u:secret@a:99999' },
      /^NATS_URL: invalid server "nats:\/\/…@a:99999" \(expected/,
    ],
    ['nats:', { NATS_URL: 'nats://u:se/secret@a:99999' }, /^NATS_URL: invalid server "nats:\/\/…@a:99999"/],
    ['nats:', { NATS_URL: 'nats://u:secret,secret@a' }, /^NATS_URL: invalid server "nats:\/\/…@a"/],
    ['nats:', { NATS_CONTEXT: 'none' }, /^NATS_CONTEXT: no context "none" \(expected /],
    ['nats://a', { NATS_CERT: '/c' }, /^NATS_CERT, NATS_KEY: one of them is missing \(expected both\)$/],
    ['nats:', { NATS_CONTEXT: 'null' }, /null.json: not a JSON object \(expected a NATS context\)$/],
    ['nats:', { NATS_CONTEXT: 'wrong' }, /^NATS_CONTEXT: url: invalid server "a:b:c" \(expected/],
    ['nats://a:b:c', {}, /^NATS URL: invalid server "nats:\/\/a:b:c" \(expected nats:\/\/HOST:PORT\)$/],
  ])('refuses %s with %j', (url, more, message) => {
    expect(() => resolveAddress(url, { ...env, ...more })).toThrow(message);
    expect(() => resolveAddress(url, { ...env, ...more })).not.toThrow(/secret/);
  });
});

const messageOf = (call: () => unknown): string => {
  try {
    call();
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
};

test('no part of a secret in NATS_URL is in an error', () => {
  const passwords = fc
    .string({ unit: fc.constantFrom(...'@/,:%[]\n\u001b1a') })
    .map((text) => `secret${text}`);
  fc.assert(
    fc.property(passwords, (password) => {
      const env = { NATS_URL: `nats://user:${password}@host:99999` };
      expect(messageOf(() => resolveAddress('nats:', env))).toBe(
        'NATS_URL: invalid server "nats://…@host:99999" (expected nats://HOST:PORT)',
      );
    }),
  );
});

test('subjects have one token for each name, and guests are matched by it', () => {
  expect(subjectOf('web1.example.com', '4f1d', 'events')).toBe('churn.web1_example_com.4f1d.events');
  const matches = guestMatcher(['web1.example.com', 'db*']);
  expect(['web1_example_com', 'db2', 'web1', 'xdb'].map(matches)).toEqual([true, true, false, false]);
});
