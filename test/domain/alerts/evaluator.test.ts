import { describe, expect, test } from 'vitest';
import { AlertEvaluator, maxRaised } from '../../../src/domain/alerts/evaluator.ts';
import { formatAlert } from '../../../src/domain/alerts/format.ts';
import { defaultRules, parseRule } from '../../../src/domain/alerts/rule.ts';
import type { AlertRecord, ChurnRecord } from '../../../src/domain/events/event.ts';
import { exited, gap, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

/** A watch with a clock turned by hand: `tick` lets a second pass, in which `records` happen. */
const watching = (...texts: string[]) => {
  const rules = texts.map((text) => {
    const parsed = parseRule(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.rule;
  });
  const watch = new AlertEvaluator(texts.length > 0 ? rules : defaultRules);
  let at = 100;
  return {
    watch,
    get at() {
      return at;
    },
    tick(...records: ChurnRecord[]): AlertRecord[] {
      at++;
      for (const record of records) watch.apply(record);
      return watch.evaluate(seconds(at));
    },
    /** As many seconds without anything; what was told in them, by second. */
    rest(count: number): [number, string][] {
      return Array.from({ length: count }, () => this.tick().map((alert) => told(at, alert))).flat();
    },
  };
};

const told = (at: number, alert: AlertRecord): [number, string] => [at, formatAlert(alert)];

let nextPid = 1000;
const births = (count: number, at: number, comm = 'sh'): ChurnRecord[] =>
  Array.from({ length: count }, () => spawned(nextPid++, comm, at, { guest_ppid: 1 }));

describe('hysteresis', () => {
  test('one figure over the limit is no alert, two are; it says since when', () => {
    const w = watching('alive>3');
    expect(w.tick(...births(5, 101))).toEqual([]);
    expect(w.tick()).toEqual([
      {
        probe_source: 'trace.alert',
        rule: 'alive>3',
        value: '5',
        since_monotonic_ns: seconds(101),
        monotonic_ns: seconds(102),
      },
    ]);
    expect(w.rest(100)).toEqual([]);
  });

  test('a single spike between two quiet seconds is not told', () => {
    const w = watching('alive>3');
    const five = births(5, 101);
    w.tick(...five);
    expect(w.tick(...ends(five, 101.5))).toEqual([]);
    expect(w.rest(10)).toEqual([]);
  });

  test('it ends at once where the figure is at four fifths of the limit, and tells the worst', () => {
    const w = watching('alive>10');
    const some = births(20, 101);
    w.tick(...some);
    w.tick(...births(1, 102));
    expect(w.tick(...ends(some.slice(0, 13), 102.5)).map(formatAlert)).toEqual([
      'ended after 2.0s: alive, at worst 21',
    ]);
  });

  test('a little below the limit it goes on for five seconds, and flutter is told once', () => {
    const w = watching('alive>10');
    const all = births(11, 101);
    w.tick(...all);
    expect(w.tick()).toHaveLength(1);
    for (let round = 0; round < 10; round++) {
      const [last] = all.splice(0, 1);
      expect(w.tick(...ends([last as ChurnRecord], w.at))).toEqual([]);
      expect(w.rest(3)).toEqual([]);
      all.push(...births(1, w.at));
      expect(w.tick(...all.slice(-1))).toEqual([]);
    }
    w.tick(...ends(all.slice(0, 1), w.at));
    expect(w.rest(10)).toEqual([[w.at - 5, expect.stringMatching(/^ended after .* at worst 11$/)]]);
  });

  test('the same is raised again a minute after at the earliest', () => {
    const w = watching('alive>10');
    const all = births(11, 101);
    w.tick(...all);
    w.tick();
    const raisedAt = w.at;
    expect(w.tick(...ends(all, w.at))).toHaveLength(1);
    const more = births(11, w.at);
    w.tick(...more);
    const again = w.rest(70);
    expect(again).toEqual([[raisedAt + 60, 'alive 11 > 10']]);
  });

  test('what must hold for a while is not told before', () => {
    const w = watching('alive>3 for 10s');
    w.tick(...births(5, 101));
    expect(w.rest(20)).toEqual([[111, 'alive 5 > 3 for 10s']]);
  });

  test('a limit below works the same way up', () => {
    const w = watching('alive<10');
    w.tick(...births(3, 101));
    expect(w.rest(1)).toEqual([[102, 'alive 3 < 10']]);
    expect(w.tick(...births(8, 102))).toEqual([]);
    expect(w.tick(...births(2, 103)).map(formatAlert)).toEqual(['ended after 3.0s: alive, at worst 3']);
  });

  test('evaluations come no closer than a second', () => {
    const w = watching('alive>3');
    w.tick(...births(5, 101));
    expect(w.watch.evaluate(seconds(101.4))).toEqual([]);
    expect(w.watch.evaluate(seconds(101.9))).toEqual([]);
    expect(w.watch.evaluate(seconds(102.1))).toHaveLength(1);
  });
});

const ends = (records: readonly ChurnRecord[], at: number): ChurnRecord[] =>
  records.flatMap((record) =>
    record.probe_source === 'process.spawned'
      ? [exited(record.guest_pid, record.guest_comm, at, { lifetime_ns: seconds(1) })]
      : [],
  );

describe('metrics', () => {
  test('a spawn rate by comm names the comm, and leaves the others alone', () => {
    const w = watching('spawn_rate(comm)>5');
    const raised = [];
    for (let second = 0; second < 8; second++) {
      const records = [...births(10, w.at + 0.5, 'cron'), ...births(2, w.at + 0.5, 'sshd')];
      raised.push(...w.tick(...records));
    }
    expect(raised.map(formatAlert)).toEqual(['spawn_rate(comm) cron 10.0/s > 5']);
  });

  test('by parent it names the parent with its PID, by user the user', () => {
    const w = watching('alive(parent)>3', 'alive(user)>3');
    w.tick(
      spawned(7, 'make', 100, { initial: true, guest_ppid: 1, guest_uid: 33 }),
      ...Array.from({ length: 5 }, (_, index) =>
        spawned(50 + index, 'cc', 101, { guest_ppid: 7, guest_uid: 33 }),
      ),
    );
    expect(w.tick().map(({ rule, key }) => [rule, key])).toEqual(
      expect.arrayContaining([
        ['alive(parent)>3', 'make[7]'],
        ['alive(user)>3', '33'],
      ]),
    );
  });

  test('ends, what went unseen, and what was seen at least', () => {
    const w = watching('exit_rate>5', 'unseen_rate>5', 'coverage<60%');
    const raised = [];
    for (let second = 0; second < 8; second++) {
      const some = births(10, w.at + 0.2);
      const missed = gap('unseen', {
        tasks: 10,
        from_monotonic_ns: seconds(w.at),
        to_monotonic_ns: seconds(w.at + 0.9),
      });
      raised.push(...w.tick(...some, ...ends(some, w.at + 0.5), missed));
    }
    expect(raised.map(formatAlert).toSorted()).toEqual([
      'coverage 50.0% < 60%',
      'exit_rate 10.0/s > 5',
      'unseen_rate 10.0/s > 5',
    ]);
  });
});

describe('unasked', () => {
  const parent = spawned(7, 'app', 100, { initial: true, guest_ppid: 1 });
  const dead = (count: number, at: number): ChurnRecord[] =>
    Array.from({ length: count }, () => nextPid++).flatMap((pid) => [
      spawned(pid, 'job', at, { guest_ppid: 7 }),
      zombie(pid, 'job', at + 0.1, { guest_ppid: 7 }),
    ]);

  test('zombies that pile up and stay are told with the parent that does not reap them', () => {
    const w = watching();
    w.tick(parent, ...dead(12, 101));
    expect(w.rest(30)).toEqual([[111, 'zombies(parent) app[7] 12 >= 10 for 10s']]);
  });

  test('a few zombies, or many for a moment, are not', () => {
    const w = watching();
    w.tick(parent, ...dead(9, 101));
    expect(w.rest(30)).toEqual([]);
    const many = dead(20, w.at);
    w.tick(...many);
    w.rest(5);
    w.tick(...ends(many, w.at));
    expect(w.rest(30)).toEqual([]);
  });

  test('a restart loop is told while it goes on', () => {
    const w = watching();
    const raised = [];
    for (let life = 0; life < 12; life++) {
      const pid = nextPid++;
      raised.push(...w.tick(spawned(pid, 'crashy', w.at, { guest_ppid: 7 })));
      raised.push(...w.tick(exited(pid, 'crashy', w.at + 0.2, { lifetime_ns: seconds(1.2) })));
    }
    expect(raised.map(formatAlert)).toEqual([expect.stringMatching(/^restarts\(comm\) crashy [56] >= 5$/)]);
    expect(w.rest(30).map(([, text]) => text)).toEqual([
      expect.stringMatching(/^ended after .*: restarts\(comm\) crashy, at worst 12$/),
    ]);
  });
});

describe('bounds', () => {
  test('no more are raised at once than anyone reads, the worst of them, and the others counted', () => {
    const w = watching('alive(comm)>2');
    const all = Array.from({ length: 50 }, (_, index) => births(3 + index, 101, `comm${index}`)).flat();
    w.tick(...all);
    const raised = w.tick();
    expect(raised).toHaveLength(maxRaised);
    expect(raised[0]?.key).toBe('comm49');
    expect(w.watch.suppressed).toBe(50 - maxRaised);
    const worst = raised.map(({ key }) => key);
    const gone = all.filter(
      (record) => 'guest_comm' in record && worst.slice(0, 5).includes(record.guest_comm),
    );
    const then = w.tick(...ends(gone, w.at));
    expect(then.filter(({ ended }) => ended)).toHaveLength(5);
    expect(then.filter(({ ended }) => !ended)).toHaveLength(5);
    expect(w.watch.suppressed).toBe(50 - maxRaised - 5);
  });
});
