import { checkGuest, type GuestCheck } from '../../capture/guest-check.ts';
import { isNatsUrl } from '../../fleet/nats/server/url.ts';
import { toJson } from '../../trace/format/json.ts';
import { checkText } from '../check/text.ts';
import { quoteValue, UsageError } from '../support/errors.ts';
import { Output } from '../support/output.ts';
import type { CommandContext } from './context.ts';

/** Returns the output of `churntop check --json`. Durations are whole nanoseconds. */
export const checkJson = ({ info, kernelEvents, ...check }: GuestCheck) => ({
  check: 1,
  host: info.host,
  mode: check.mode,
  mode_reason: check.modeReason,
  kernel_events: kernelEvents && {
    available: kernelEvents.available,
    reason: kernelEvents.reason,
    release: kernelEvents.release,
    connector: kernelEvents.hasConnector,
    first_pid_namespace: kernelEvents.inFirstPidNamespace,
    first_user_namespace: kernelEvents.inFirstUserNamespace,
  },
  polling: {
    mode: check.pollingMode,
    reason: check.pollingReason,
    interval_ns: check.intervalNs,
    shortest_lifetime_ns: check.shortestLifetimeNs,
    cpu: check.cpuUsage,
    sample_ns: check.sampleCostNs,
    walk_ns: check.walkCostNs,
  },
  exit_status: { all: 'all', seenAlive: 'seen_alive', zombies: 'zombies', ownZombies: 'own_zombies' }[
    check.access.exitStatus
  ],
  other_arguments: check.access.otherArguments,
  cgroups: check.access.cgroups,
  own_usage: check.access.ownUsage,
  other_usage: check.access.otherUsage,
  processes: check.processes,
  hidden: check.hiddenProcesses,
  own_processes_only: check.ownProcessesOnly,
  pid_ns: info.pidNamespace,
  pid_max: check.pidMax,
  last_error: check.lastError,
});

/** Runs `churntop check` and `churntop check nats://…`. */
export const runCheck = async ({ values, files, signal }: CommandContext): Promise<void> => {
  const [url, extra] = files;
  if (extra !== undefined || (url !== undefined && !isNatsUrl(url)))
    throw new UsageError(`unknown argument ${quoteValue(extra ?? (url as string))}`);
  if (url !== undefined) {
    const { runNatsCheck } = await import('../nats/nats-check.ts');
    return runNatsCheck(url, values, signal);
  }
  const check = await checkGuest(values.proc, values.source);
  const text = values.json ? toJson(checkJson(check)) : checkText(check);
  await new Output(process.stdout).write(`${text}\n`);
};
