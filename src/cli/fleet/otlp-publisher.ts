import { OtlpEnvironmentError, otlpTargetOf } from '../../fleet/otlp/environment.ts';
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
  const sender = openSender();
  const publisher = new OtlpPublisher({ trace: path, tool, sender, onMessage, sleep });
  const ended = new AbortController();
  const deadline = new AbortController();
  let finished: Promise<void> | undefined;
  return {
    start() {
      finished = publisher
        .run(ended.signal, deadline.signal)
        .catch((error) => onMessage(`OTLP: ${path}: ${describeError(error)}; nothing more is sent`));
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

const openSender = (): OtlpSender => {
  try {
    return new OtlpSender(otlpTargetOf(process.env));
  } catch (error) {
    if (error instanceof OtlpEnvironmentError) throw new CliError(error.message);
    const { path } = error as NodeJS.ErrnoException;
    if (path === undefined) throw error;
    throw new CliError(`${path}: ${describeError(error)}`);
  }
};
