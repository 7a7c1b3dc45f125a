import { OtlpEnvironmentError, type OtlpTarget, otlpTargetOf } from '../../fleet/otlp/environment.ts';
import { OtlpPublisher } from '../../fleet/otlp/publisher.ts';
import { OtlpSender } from '../../fleet/otlp/sender.ts';
import { sleep } from '../../util/wait.ts';
import type { RecordCompanion } from '../commands/record.ts';
import { CliError, describeError } from '../support/errors.ts';
import { timeoutSignal } from '../support/signals.ts';
import { tool } from '../support/version.ts';

/** How long the last records are sent after the end of a recording, ns. Later ones are sent by the next recording. */
const drainNs = 5_000_000_000n;

/** Opens the publisher of `--publish otlp`, which reads the trace at `path`. @throws CliError */
export const openOtlpPublisher = (path: string, onMessage: (text: string) => void): RecordCompanion => {
  const target = readTarget();
  const sender = openSender(target);
  // The user, the password and the query may be secrets.
  const label = `${target.url.origin}${target.url.pathname}`;
  const publisher = new OtlpPublisher({ trace: path, tool, label, sender, onMessage, sleep });
  const ended = new AbortController();
  const deadline = new AbortController();
  let finished: Promise<void> | undefined;
  return {
    start() {
      finished = publisher
        .run(ended.signal, deadline.signal)
        .catch((error) =>
          onMessage(`--publish otlp: ${path}: ${describeError(error)}; nothing more is sent`),
        );
    },
    async stop() {
      ended.abort();
      timeoutSignal(drainNs).addEventListener('abort', () => {
        deadline.abort();
        // A request under way would wait for the collector as long as its timeout.
        sender.close();
      });
      await finished;
      sender.close();
    },
  };
};

const readTarget = (): OtlpTarget => {
  try {
    return otlpTargetOf(process.env);
  } catch (error) {
    throw error instanceof OtlpEnvironmentError ? new CliError(error.message) : error;
  }
};

const openSender = (target: OtlpTarget): OtlpSender => {
  try {
    return new OtlpSender(target);
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException;
    throw path === undefined ? error : new CliError(`${path}: ${describeError(error)}`);
  }
};
