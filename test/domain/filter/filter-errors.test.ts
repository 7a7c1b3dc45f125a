import { expect, test } from 'vitest';
import { parseFilter } from '../../../src/domain/filter/filter.ts';

const texts = [
  ...[
    '(a',
    'a)',
    '()',
    'a or',
    'a and ',
    'a |',
    '& b',
    'a or | b',
    '!',
    'a !',
    '"a',
    "comm='a",
    '/',
    '//',
    '! // x',
  ],
  ...[
    'pid=',
    'pid=,',
    'pid=1,',
    'pid=x',
    'pid=1,x',
    'pid=-1',
    'pid~1',
    'pid<1,2',
    'under=sh',
    'user=',
    'comm=~',
    'exit=x',
    'exit~1',
    'signal=SEGF',
    'signal=65',
    'signal>9',
  ],
  ...[
    'age<5',
    'age<5 nginx',
    'age=5s',
    'age<1s,2s',
    'life>fast',
    'cpu>fast',
    'cpu=5',
    'rss>1Q',
    'event=ex',
    'event=start x',
    'event~ex',
  ],
  ...[
    'foo=1',
    'Comm=x',
    '=x',
    '<defunct>',
    'a =b',
    '/(/',
    'ng /a**/',
    'comm=~(?=a)',
    'comm=~"x(a)\\1"',
    'comm=~a{999}{9}',
  ],
  ...['comm=~(?:a{99}){99}', 'comm=~a b or cgroup=~[z-a]'],
  ...[
    'comm==curl',
    'x comm~=curl',
    'comm===a',
    'pid=>5',
    'pid=<5',
    'pid<>5',
    'comm=!a',
    'comm!==a',
    'comm!=~a',
  ],
  ...[
    'comm!~a',
    'comm:curl',
    'user: root',
    'comm= =a',
    'comm=a,=b',
    'age==5s',
    'comm<=>a',
    'comm~~a',
    '!pid==1',
  ],
  ...['comm in (a,b)', 'x comm is a', 'COMM like a', 'user eq root', 'comm contains a', 'comm matches ^a'],
  ...['comm=ngin*', 'ng*', 'comm=^a$', 'a; b', 'comm=a;comm=b', '“a”', 'comm≠a', 'comm=‘a’'],
  ...['a AND b', 'a OR b', 'not comm=a', 'NOT (a)', 'a not pid=1', 'event==exited'],
];

test('[fault:filter-slip] parseFilter points at the error and names what it expected', async () => {
  const shown = texts.map((text) => {
    const filter = parseFilter(text);
    if (filter.ok) return `${text}\nNO ERROR`;
    return `${text}\n${' '.repeat(filter.column)}^ ${filter.error}${filter.incomplete ? ' …' : ''}`;
  });
  await expect(`${shown.join('\n\n')}\n`).toMatchFileSnapshot('golden/errors.txt');
});

test.each([
  ...[
    'comm="=a"',
    "comm='!a'",
    'comm=~=a',
    'comm=~~a',
    '"comm==a"',
    'not',
    'not a',
    'AND',
    'OR b',
    'a "AND" b',
  ],
  ...[
    'kworker/0:1',
    'x:y',
    'comm::a',
    'NOTE',
    'comm=a:b',
    'notify comm=a',
    'cgroup=/a',
    'comm=AND',
    'a ANDY',
  ],
])('[fault:filter-slip] parseFilter accepts %s, which can be meant', (text) => {
  expect(parseFilter(text)).toMatchObject({ ok: true });
});
