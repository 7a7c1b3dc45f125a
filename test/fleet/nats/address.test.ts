import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  writeFileSync(join(config.path, 'nats/context/site.json'), JSON.stringify(context));

  test.each([
    ['nats://a', {}, { servers: [{ host: 'a', port: 4222 }], tls: false, label: 'a:4222' }],
    [
      'nats://a:1,b,[::1]:2',
      {},
      { servers: [{ port: 1 }, { host: 'b' }, { host: '::1', port: 2 }], label: 'a:1,b:4222,[::1]:2' },
    ],
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
    ['nats:', { NATS_CONTEXT: 'none' }, /^NATS_CONTEXT: no context "none" \(expected /],
  ])('refuses %s with %j', (url, more, message) => {
    expect(() => resolveAddress(url, { ...env, ...more })).toThrow(message);
    expect(() => resolveAddress(url, { ...env, ...more })).not.toThrow(/secret/);
  });
});

test('subjects have one token for each name, and guests are matched by it', () => {
  expect(subjectOf('web1.example.com', '4f1d', 'events')).toBe('churn.web1_example_com.4f1d.events');
  const matches = guestMatcher(['web1.example.com', 'db*']);
  expect(['web1_example_com', 'db2', 'web1', 'xdb'].map(matches)).toEqual([true, true, false, false]);
});
