import { printable } from '../../util/printable.ts';
import type { ChurnMetrics, CommMetrics } from './churn-metrics.ts';

/** One metric: its name and type, its help text, and its samples with their labels. */
type Metric = { name: string; type: 'counter' | 'gauge' | 'summary'; help: string; samples: Sample[] };
type Sample = { suffix?: string; labels?: Readonly<Record<string, string>>; value: number };

const quantiles = [0.5, 0.9, 0.99];
const nsPerSecond = 1e9;

const escapeLabel = (text: string): string =>
  printable(text).replaceAll(/[\\"]/g, (character) => `\\${character}`);

const labelText = (labels: Sample['labels'] = {}): string => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

const byComm = (metrics: ChurnMetrics, key: keyof CommMetrics): Sample[] =>
  [...metrics.comms].map(([comm, counts]) => ({ labels: { comm }, value: counts[key] }));

/** Returns a sample if its value is known. */
const known = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ value }]);

const metricsOf = (metrics: ChurnMetrics, tool: string): Metric[] => {
  const { status, lifetimes } = metrics;
  const { alive, zombies, loops } = metrics.now();
  const { sketch, sumNs } = lifetimes;
  return [
    {
      name: 'churntop_info',
      type: 'gauge',
      help: 'Program and capture mode.',
      samples: [{ labels: { tool, capture_mode: status?.mode ?? 'unknown' }, value: 1 }],
    },
    {
      name: 'churntop_processes_spawned_total',
      type: 'counter',
      help: 'Processes that spawned, by comm.',
      samples: byComm(metrics, 'spawned'),
    },
    {
      name: 'churntop_processes_exited_total',
      type: 'counter',
      help: 'Processes that exited, by comm.',
      samples: byComm(metrics, 'exited'),
    },
    {
      name: 'churntop_processes_failed_total',
      type: 'counter',
      help: 'Processes that are known to have failed, by comm.',
      samples: byComm(metrics, 'failed'),
    },
    {
      name: 'churntop_tasks_missed_total',
      type: 'counter',
      help: 'Processes and threads that spawned and exited without being observed.',
      samples: known(status?.missedTasks),
    },
    {
      name: 'churntop_records_dropped_total',
      type: 'counter',
      help: 'Records dropped because the receiver was too slow.',
      samples: known(status?.droppedRecords),
    },
    { name: 'churntop_processes_alive', type: 'gauge', help: 'Live processes.', samples: [{ value: alive }] },
    { name: 'churntop_zombies', type: 'gauge', help: 'Zombies.', samples: [{ value: zombies }] },
    {
      name: 'churntop_restart_loops',
      type: 'gauge',
      help: 'Restart loops with an alert.',
      samples: [{ value: loops }],
    },
    {
      name: 'churntop_lifetime_seconds',
      type: 'summary',
      help: 'Lifetimes of the processes that exited.',
      samples: [
        ...quantiles.flatMap((quantile) => {
          const ns = sketch.quantile(quantile);
          if (ns === undefined) return [];
          return [{ labels: { quantile: String(quantile) }, value: Number(ns) / nsPerSecond }];
        }),
        { suffix: '_sum', value: Number(sumNs) / nsPerSecond },
        { suffix: '_count', value: sketch.count },
      ],
    },
  ];
};

/** Returns the metrics in Prometheus's text format. Metrics without a known value are left out. */
export const prometheusText = (metrics: ChurnMetrics, tool: string): string =>
  metricsOf(metrics, tool)
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(
        ({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`,
      );
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
