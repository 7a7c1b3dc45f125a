import { describe, expect, test } from 'vitest';
import { type Filter, parseFilter } from '../../../src/domain/filter/filter.ts';
import type { FilterSubject } from '../../../src/domain/filter/subject.ts';
import { seconds } from '../../support/fixtures/events.ts';
import { createSubject, unknownSubject } from '../../support/fixtures/subjects.ts';

const matches = (text: string, subject: FilterSubject) => {
  const filter: Filter = parseFilter(text);
  if (!filter.ok) throw new Error(`${text}: ${filter.error}`);
  return filter.matches(subject);
};

const id = '0123456789ab'.padEnd(64, 'c');

describe('a bare word or a slashed expression matches the comm', () => {
  const comm = (name: string) => createSubject({ comm: name });
  test.each([
    ['', 'anything', true],
    [' ', 'anything', true],
    ['ngin', 'nginx', true],
    ['ngin', 'NGINX', true],
    ['Ngin', 'nginx', false],
    ['Ngin', 'Nginx', true],
    ['nG', 'NGINX', false],
    ['a/', 'a/b', true],
    ['/a\\//', 'a/b', true],
    ['/a\\//', 'a', false],
    ['/^$/', '', true],
    ['!/n|s/', 'a/b', true],
    ['!ngin', 'nginx', false],
    ['!ngin', 'node', true],
    ['/^ng/', 'nginx', true],
    ['/^ng/', 'NGINX', true],
    ['/^Ng/', 'nginx', false],
    ['/^ng', 'nginx', true],
    ['!/^ng/', 'nginx', false],
    ['/r/0/', 'kworker/0:1', true],
    ['/r/0/', 'kworker', false],
    ['/r/0', 'kworker/0:1', true],
    ['/r/0:/', 'kworker/0:1', true],
    ['kworker/0:1', 'kworker/0:1', true],
    ['or', 'oracle', true],
    ['and', 'android', true],
    ['!or', 'oracle', false],
    ["it's", "it's", true],
    ['a,b', 'a,b', true],
    ['node!', 'node!', true],
  ])('%j on %j: %s', (text, name, expected) => expect(matches(text, comm(name))).toBe(expected));
});

describe('a bare word also matches the command', () => {
  const worker = createSubject({
    comm: 'python3',
    names: ['sh', 'python3'],
    args: ['/usr/bin/python3', '-m', 'tenant sync'],
  });
  test.each([
    ['tenant', true],
    ['TENANT', false],
    ['python', true],
    ['sh', true],
    ['"-m \'tenant"', true],
    ['/usr/bin', false],
    ['bin', false],
    ['!tenant', false],
    ['!other', true],
    ['tenant !python', false],
    ['comm~tenant', false],
    ['/tenant/', false],
  ])('%j: %s', (text, expected) => expect(matches(text, worker)).toBe(expected));

  test('a word needs no arguments, and compares the comm if they are not known', () => {
    expect(parseFilter('tenant !sh')).toMatchObject({ ok: true, readsArgs: false, excludesNames: true });
    expect(parseFilter('tenant or cmd~sh')).toMatchObject({ ok: true, readsArgs: true });
    expect(parseFilter('args~sh')).toMatchObject({ ok: true, readsArgs: true });
    expect(matches('tenant', createSubject({ comm: 'python3' }))).toBe(false);
    expect(matches('pyth', createSubject({ comm: 'python3' }))).toBe(true);
  });
});

describe('a filter matches by field, operator and connective', () => {
  test.each<[string, Partial<FilterSubject>, boolean]>([
    ['ng x', { comm: 'nginx' }, true],
    ['ng y', { comm: 'nginx' }, false],
    ['ng y or x', { comm: 'nginx' }, true],
    ['x or ng y', { comm: 'nginx' }, true],
    ['y or (ng and x)', { comm: 'nginx' }, true],
    ['!(y or ng)', { comm: 'nginx' }, false],
    ['!y !z', { comm: 'nginx' }, true],
    ['!!ng', { comm: 'nginx' }, true],
    ['a&b|c', { comm: 'c' }, true],
    ['"a b"', { comm: 'a b' }, true],
    ['a b', { comm: 'b-a' }, true],
    ['"or"', { comm: 'or' }, true],
    ['comm="say ""hi"""', { comm: 'say "hi"' }, true],
    ["comm='(sd-pam)'", { comm: '(sd-pam)' }, true],
    ['comm=""', { comm: '' }, true],
    ['comm=ngin', { comm: 'nginx' }, false],
    ['comm=NGINX', { comm: 'nginx' }, false],
    ['comm=node,nginx', { comm: 'nginx' }, true],
    ['comm!=node,nginx', { comm: 'nginx' }, false],
    ['comm~NO,ng', { comm: 'nginx' }, true],
    ['comm=~^(ng|no)', { comm: 'node' }, true],
    ['comm=~^n.{1,3}$', { comm: 'node' }, true],
    ['comm=~"a b"', { comm: 'a b' }, true],
    ['pid=1,4242', {}, true],
    ['pid = 1, 4242', {}, true],
    ['pid!=4242', {}, false],
    ['pid>4242', {}, false],
    ['pid>=4242 pid<=4242', {}, true],
    ['ppid=4100', {}, true],
    ['user=33', {}, true],
    ['user=www-data', {}, true],
    ['user=root,33', {}, true],
    ['user!=33', {}, false],
    ['user!=www-data', {}, false],
    ['user!=root', {}, true],
    ['user~DATA', {}, false],
    ['cgroup~docker', {}, true],
    ['cgroup=~/docker-[0-9a-f]+\\.scope$', {}, true],
    ['unit=docker-1f.scope', {}, true],
    ['unit=nginx', { cgroup: '/system.slice/nginx.service' }, true],
    ['unit=nginx.service', { cgroup: '/system.slice/nginx.service' }, true],
    ['unit!=nginx', { cgroup: '/system.slice/nginx.service' }, false],
    ['unit!=cron', { cgroup: '/system.slice/nginx.service' }, true],
    ['unit!=cron', { cgroup: '/docker/1' }, true],
    ['unit~ngi', { cgroup: '/lxc/web/system.slice/nginx.service' }, true],
    ['unit=~^(nginx|cron)', { cgroup: '/system.slice/cron.service' }, true],
    ['unit~user', { cgroup: '/user.slice' }, false],
    ['container=web', { cgroup: '/lxc/web' }, true],
    ['container=we', { cgroup: '/lxc/web' }, false],
    ['container=web', { cgroup: `/lxc/web/docker/${id}` }, true],
    ['container=0123', { cgroup: `/docker/${id}` }, true],
    [`container=${id}`, { cgroup: `/docker/${id}` }, true],
    ['container=123', { cgroup: `/docker/${id}` }, false],
    ['container=""', { cgroup: `/docker/${id}` }, false],
    ['container!=0123', { cgroup: `/docker/${id}` }, false],
    ['container!=0123', { cgroup: '/system.slice/cron.service' }, true],
    ['container~docker', { cgroup: `/docker/${id}` }, true],
    ['container=~^docker:01', { cgroup: `/docker/${id}` }, true],
    ['container~docker', { cgroup: '/system.slice/docker.service' }, false],
    ['age<5s', {}, true],
    ['age < 2s', {}, false],
    ['age<=2s age>=2000ms', {}, true],
    ['life<10ms', { lifetimeNs: seconds(0.009_999_999) }, true],
    ['life<10ms', { lifetimeNs: seconds(0.01) }, false],
    ['cpu>50', { cpuPercent: 50.5 }, true],
    ['cpu>50', { cpuPercent: 50 }, false],
    ['cpu<=0.5%', { cpuPercent: 0.5 }, true],
    ['rss>100M', { rssBytes: 100 * 1024 ** 2 }, false],
    ['rss>=1.5g', { rssBytes: 1.5 * 1024 ** 3 }, true],
    ['rss<4KiB', { rssBytes: 4095 }, true],
    ['event=exited', { event: 'exited' }, true],
    ['event=spawned,exec', { event: 'exited' }, false],
    ['under=4100', {}, true],
    ['under=4242', {}, true],
    ['under=7,1', {}, true],
    ['under!=4100', {}, false],
    ['under=7', {}, false],
  ])('%s, case %#', (text, facts, expected) => expect(matches(text, createSubject(facts))).toBe(expected));

  test('a comparison with an unknown field is false, and its negation is true', () => {
    for (const text of [
      ...[
        'ppid=1',
        'ppid!=1',
        'ppid<9',
        'user=root',
        'user!=root',
        'user~r',
        'cgroup~docker',
        'cgroup!=/',
        'unit=nginx',
        'unit!=nginx',
        'container=web',
        'container!=web',
        'container~web',
        'age>0s',
      ],
      ...['age<=0s', 'life<10ms', 'cpu>50', 'rss<1G', 'event=exited', 'event!=exited', 'under=7'],
    ]) {
      expect([text, matches(text, unknownSubject)]).toEqual([text, false]);
      expect([text, matches(`!${text}`, unknownSubject)]).toEqual([text, true]);
    }
  });
});

test('the error of a regular expression does not contain the text', () => {
  for (const text of ['/(/', '/(', '/a: (/', '/\n(', '/\u2028\x1bc(']) {
    expect(parseFilter(text)).toMatchObject({ ok: false, error: 'regular expression: missing closing )' });
  }
});

test('parseFilter rejects a text that is too long or nested too deeply', () => {
  expect(parseFilter('a '.repeat(2_100))).toMatchObject({
    ok: false,
    error: 'too long (at most 4096 characters)',
  });
  expect(parseFilter('('.repeat(100))).toMatchObject({ ok: false, column: 64 });
  expect(parseFilter('!'.repeat(100))).toMatchObject({ ok: false, column: 64 });
});
