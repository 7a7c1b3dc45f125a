import fc from 'fast-check';
import { eventNames, type FilterSubject } from '../../src/domain/filter/subject.ts';
import { seconds } from './events.ts';

/** A subject of which all is known; `under` are its ancestors. */
export const createSubject = ({
  under = [4100, 1],
  ...facts
}: Partial<FilterSubject> & { under?: readonly number[] } = {}): FilterSubject => {
  const pid = facts.pid ?? 4242;
  return {
    pid,
    comm: 'nginx',
    ppid: 4100,
    uid: 33,
    user: 'www-data',
    cgroup: '/system.slice/docker-1f.scope',
    ageNs: seconds(2),
    lifetimeNs: undefined,
    event: undefined,
    isDescendantOf: (root) => root === pid || under.includes(root),
    ...facts,
  };
};

/** Nothing is known but what every record tells. */
export const unknownSubject = createSubject({
  ppid: undefined,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  under: [],
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const pid = fc.integer({ min: 1, max: 5 });

export const anySubject: fc.Arbitrary<FilterSubject> = fc
  .record({
    pid,
    comm: fc.constantFrom('', 'nginx', 'NGINX', 'node', 'sh', 'or', 'a b', '"q"', 'kworker/0:1'),
    ppid: maybe(pid),
    uid: maybe(fc.constantFrom(0, 33)),
    cgroup: maybe(fc.constantFrom('/', '/system.slice/docker-1f.scope')),
    ageNs: maybe(fc.bigInt({ min: 0n, max: 10_000_000_000n })),
    lifetimeNs: maybe(fc.bigInt({ min: 0n, max: 10_000_000_000n })),
    event: maybe(fc.constantFrom(...eventNames)),
    under: fc.array(pid, { maxLength: 3 }),
  })
  .map((facts) =>
    createSubject({
      ...facts,
      user: facts.uid === undefined ? undefined : facts.uid === 0 ? 'root' : 'www-data',
    }),
  );

/** Texts that are filters, all constructs in them. */
export const anyFilter: fc.Arbitrary<string> = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'ng',
      'NG',
      'oracle',
      '"a b"',
      "'or'",
      '""',
      '"""q"""',
      '/^n/',
      '/n$/',
      '/[A-Z]/',
      '/x|sh/',
    ),
    fc.constantFrom(
      'comm=nginx,sh',
      'comm!=nginx',
      'comm~g,o',
      'comm=~^n(o|g)',
      'comm = "a b"',
      'cgroup~docker',
    ),
    fc.constantFrom(
      'pid=1,2',
      'pid != 3',
      'pid<3',
      'ppid>=2',
      'under=1,2',
      'under!=3',
      'user=root,33',
      'user!=root',
    ),
    fc.constantFrom('user~data', 'age<5s', 'age>=0.5s', 'life<=10ms', 'event=exited', 'event!=exec,zombie'),
    tie('filter').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('filter'), fc.constantFrom(' and ', ' or ', ' & ', ' | ', ' ', ' && ', '|'), tie('filter'))
      .map(([a, joint, b]) => `(${a})${joint}(${b})`),
    fc
      .tuple(tie('filter'), fc.constantFrom(' and ', ' or ', ' '), tie('filter'))
      .map((parts) => parts.join('')),
  ),
})).filter;

/** Texts that are hardly any. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '(',
          ')',
          '!',
          '&',
          '|',
          '"',
          "'",
          '/',
          '\\',
          '[',
          ',',
          ' ',
          '=',
          '~',
          '<',
          '>',
          '1',
          '5s',
          'x',
          'or',
        ],
        ...['and', 'comm', 'pid', 'under', 'age', 'event', '=~', '!=', 'user', '{9}', '\n', '😀'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
