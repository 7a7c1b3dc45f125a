import { describe, expect, test } from 'vitest';
import { AlertEvaluator, maxRaised } from '../../../src/domain/alerts/evaluator.ts';
import { formatAlert } from '../../../src/domain/alerts/format.ts';
import { defaultRules } from '../../../src/domain/alerts/rule.ts';
import { parseRule } from '../../../src/domain/alerts/rule-parser.ts';
import type { AlertRecord, ChurnRecord } from '../../../src/domain/events/event.ts';
import { exited, gap, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

/** Builds an evaluator with a manual clock. `tick` advances it by a second, in which `records` happen. */
const createAlerts = (...texts: string[]) => {
  const rules = texts.map((text) => {
    const parsed = parseRule(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.rule;
  });
  const evaluator = new AlertEvaluator(texts.length > 0 ? rules : defaultRules);
  let at = 100;
  return {
    evaluator,
    get at() {
      return at;
    },
    tick(...records: ChurnRecord[]): AlertRecord[] {
      at++;
      for (const record of records) evaluator.apply(record);
      return evaluator.evaluate(seconds(at));
    },
    /** Advances by `count` seconds without records. Returns the second and text of each alert. */
    idle(count: number): [number, string][] {
      return Array.from({ length: count }, () => this.tick().map((alert) => timed(at, alert))).flat();
    },
  };
};

const timed = (at: number, alert: AlertRecord): [number, string] => [at, formatAlert(alert)];

let nextPid = 1000;
const spawns = (count: number, at: number, comm = 'sh'): ChurnRecord[] =>
  Array.from({ length: count }, () => spawned(nextPid++, comm, at, { guest_ppid: 1 }));

describe('AlertEvaluator avoids noise', () => {
  test('raises an alert at the second value over the limit, with the time of the first', () => {
    const alerts = createAlerts('alive>3');
    expect(alerts.tick(...spawns(5, 101))).toEqual([]);
    expect(alerts.tick()).toEqual([
      {
        probe_source: 'trace.alert',
        rule: 'alive>3',
        value: '5',
        since_monotonic_ns: seconds(101),
        monotonic_ns: seconds(102),
      },
    ]);
    expect(alerts.idle(100)).toEqual([]);
  });

  test('raises no alert for a single spike', () => {
    const alerts = createAlerts('alive>3');
    const five = spawns(5, 101);
    alerts.tick(...five);
    expect(alerts.tick(...exits(five, 101.5))).toEqual([]);
    expect(alerts.idle(10)).toEqual([]);
  });

  test('clears an alert at once at 80 % of the limit, and reports the worst value', () => {
    const alerts = createAlerts('alive>10');
    const some = spawns(20, 101);
    alerts.tick(...some);
    alerts.tick(...spawns(1, 102));
    expect(alerts.tick(...exits(some.slice(0, 13), 102.5)).map(formatAlert)).toEqual([
      'cleared after 2.0s: live processes, max 21',
    ]);
  });

  test('clears an alert after five seconds just below the limit, and raises one alert for a value around it', () => {
    const alerts = createAlerts('alive>10');
    const all = spawns(11, 101);
    alerts.tick(...all);
    expect(alerts.tick()).toHaveLength(1);
    for (let round = 0; round < 10; round++) {
      const [last] = all.splice(0, 1);
      expect(alerts.tick(...exits([last as ChurnRecord], alerts.at))).toEqual([]);
      expect(alerts.idle(3)).toEqual([]);
      all.push(...spawns(1, alerts.at));
      expect(alerts.tick(...all.slice(-1))).toEqual([]);
    }
    alerts.tick(...exits(all.slice(0, 1), alerts.at));
    expect(alerts.idle(10)).toEqual([[alerts.at - 5, expect.stringMatching(/^cleared after .*, max 11$/)]]);
  });

  test('raises the same alert again after a minute at the earliest', () => {
    const alerts = createAlerts('alive>10');
    const all = spawns(11, 101);
    alerts.tick(...all);
    alerts.tick();
    const raisedAt = alerts.at;
    expect(alerts.tick(...exits(all, alerts.at))).toHaveLength(1);
    const more = spawns(11, alerts.at);
    alerts.tick(...more);
    const again = alerts.idle(70);
    expect(again).toEqual([[raisedAt + 60, 'live processes: 11 (> 10)']]);
  });

  test('raises an alert with a duration after that duration', () => {
    const alerts = createAlerts('alive>3 for 10s');
    alerts.tick(...spawns(5, 101));
    expect(alerts.idle(20)).toEqual([[111, 'live processes: 5 (> 3 for 10s)']]);
  });

  test('raises and clears an alert with a lower limit', () => {
    const alerts = createAlerts('alive<10');
    alerts.tick(...spawns(3, 101));
    expect(alerts.idle(1)).toEqual([[102, 'live processes: 3 (< 10)']]);
    expect(alerts.tick(...spawns(8, 102))).toEqual([]);
    expect(alerts.tick(...spawns(2, 103)).map(formatAlert)).toEqual([
      'cleared after 3.0s: live processes, min 3',
    ]);
  });

  test('evaluates at most once a second', () => {
    const alerts = createAlerts('alive>3');
    alerts.tick(...spawns(5, 101));
    expect(alerts.evaluator.evaluate(seconds(101.4))).toEqual([]);
    expect(alerts.evaluator.evaluate(seconds(101.9))).toEqual([]);
    expect(alerts.evaluator.evaluate(seconds(102.1))).toHaveLength(1);
  });
});

const exits = (records: readonly ChurnRecord[], at: number): ChurnRecord[] =>
  records.flatMap((record) =>
    record.probe_source === 'process.spawned'
      ? [exited(record.guest_pid, record.guest_comm, at, { lifetime_ns: seconds(1) })]
      : [],
  );

describe('AlertEvaluator reads metrics', () => {
  test('spawn_rate by comm: the alert names the comm that exceeds the limit', () => {
    const alerts = createAlerts('spawn_rate(comm)>5');
    const raised = [];
    for (let second = 0; second < 8; second++) {
      const records = [...spawns(10, alerts.at + 0.5, 'cron'), ...spawns(2, alerts.at + 0.5, 'sshd')];
      raised.push(...alerts.tick(...records));
    }
    expect(raised.map(formatAlert)).toEqual(['spawn rate: 10.0/s of cron (> 5)']);
  });

  test('by parent: the alert names the parent and its PID; by user: the UID', () => {
    const alerts = createAlerts('alive(parent)>3', 'alive(user)>3');
    alerts.tick(
      spawned(7, 'make', 100, { initial: true, guest_ppid: 1, guest_uid: 33 }),
      ...Array.from({ length: 5 }, (_, index) =>
        spawned(50 + index, 'cc', 101, { guest_ppid: 7, guest_uid: 33 }),
      ),
    );
    expect(alerts.tick().map(({ rule, key }) => [rule, key])).toEqual(
      expect.arrayContaining([
        ['alive(parent)>3', 'make[7]'],
        ['alive(user)>3', '33'],
      ]),
    );
  });

  test('failure_rate counts exits that are known to have failed', () => {
    const alerts = createAlerts('failure_rate(comm)>5');
    const raised = [];
    for (let second = 0; second < 8; second++) {
      const some = spawns(10, alerts.at + 0.2);
      const [failed, other] = [{ exit_code: 1 }, second % 2 === 0 ? { exit_code: 0 } : {}];
      const ends = exits(some, alerts.at + 0.5).map((exit, index) => ({
        ...exit,
        ...(index < 6 ? failed : other),
      }));
      raised.push(...alerts.tick(...some, ...ends));
    }
    expect(raised.map(formatAlert)).toEqual([
      expect.stringMatching(/^failed exits: 6\.0\/s of \w+ \(> 5\)$/),
    ]);
  });

  test('exit_rate, unseen_rate and coverage', () => {
    const alerts = createAlerts('exit_rate>5', 'unseen_rate>5', 'coverage<60%');
    const raised = [];
    for (let second = 0; second < 8; second++) {
      const some = spawns(10, alerts.at + 0.2);
      const missed = gap('unseen', {
        tasks: 10,
        from_monotonic_ns: seconds(alerts.at),
        to_monotonic_ns: seconds(alerts.at + 0.9),
      });
      raised.push(...alerts.tick(...some, ...exits(some, alerts.at + 0.5), missed));
    }
    expect(raised.map(formatAlert).toSorted()).toEqual([
      'coverage: 50.0% (< 60%)',
      'exit rate: 10.0/s (> 5)',
      'missed rate: 10.0/s (> 5)',
    ]);
  });
});

describe('default rules', () => {
  const parent = spawned(7, 'app', 100, { initial: true, guest_ppid: 1 });
  const zombies = (count: number, at: number): ChurnRecord[] =>
    Array.from({ length: count }, () => nextPid++).flatMap((pid) => [
      spawned(pid, 'job', at, { guest_ppid: 7 }),
      zombie(pid, 'job', at + 0.1, { guest_ppid: 7 }),
    ]);

  test('raise an alert for zombies that accumulate, with the parent that does not reap them', () => {
    const alerts = createAlerts();
    alerts.tick(parent, ...zombies(12, 101));
    expect(alerts.idle(30)).toEqual([[111, 'zombies: 12 under app 7 (>= 10 for 10s)']]);
  });

  test('raise no alert for a few zombies, or for many that are reaped soon', () => {
    const alerts = createAlerts();
    alerts.tick(parent, ...zombies(9, 101));
    expect(alerts.idle(30)).toEqual([]);
    const many = zombies(20, alerts.at);
    alerts.tick(...many);
    alerts.idle(5);
    alerts.tick(...exits(many, alerts.at));
    expect(alerts.idle(30)).toEqual([]);
  });

  test('raise an alert for a restart loop, and clear it when the loop ends', () => {
    const alerts = createAlerts();
    const raised = [];
    for (let index = 0; index < 12; index++) {
      const pid = nextPid++;
      raised.push(...alerts.tick(spawned(pid, 'crashy', alerts.at, { guest_ppid: 7 })));
      raised.push(...alerts.tick(exited(pid, 'crashy', alerts.at + 0.2, { lifetime_ns: seconds(1.2) })));
    }
    expect(raised.map(formatAlert)).toEqual([
      expect.stringMatching(/^crash loop: crashy ×[56] under \? 7, every 2\.0s$/),
    ]);
    expect(alerts.idle(30).map(([, text]) => text)).toEqual([
      expect.stringMatching(/^cleared after .*: crash loop of crashy, max ×12$/),
    ]);
  });
});

describe('AlertEvaluator is bounded', () => {
  test('raises the worst alerts up to a maximum, and counts the suppressed ones', () => {
    const alerts = createAlerts('alive(comm)>2');
    const all = Array.from({ length: 50 }, (_, index) => spawns(3 + index, 101, `comm${index}`)).flat();
    alerts.tick(...all);
    const raised = alerts.tick();
    expect(raised).toHaveLength(maxRaised);
    expect(raised[0]?.key).toBe('comm49');
    expect(alerts.evaluator.suppressed).toBe(50 - maxRaised);
    const worst = raised.map(({ key }) => key);
    const stopped = all.filter(
      (record) => 'guest_comm' in record && worst.slice(0, 5).includes(record.guest_comm),
    );
    const changes = alerts.tick(...exits(stopped, alerts.at));
    expect(changes.filter(({ ended }) => ended)).toHaveLength(5);
    expect(changes.filter(({ ended }) => !ended)).toHaveLength(5);
    expect(alerts.evaluator.suppressed).toBe(50 - maxRaised - 5);
  });
});
