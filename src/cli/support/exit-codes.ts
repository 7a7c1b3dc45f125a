import { SourceError } from '../../capture/core/source.ts';
import { ProcError } from '../../proc/errors.ts';
import { describeError, describeFailure, UsageError } from './errors.ts';

/** All exit codes. The documentation is generated from this table. */
export const exitCodes = {
  ok: { code: 0, when: 'normal exit: `q`, end of output, SIGINT, SIGTERM, SIGHUP or another signal' },
  failure: { code: 1, when: 'failure; one line on stderr gives the reason' },
  usage: { code: 2, when: 'invalid flag or value' },
  proc: {
    code: 3,
    when: 'the proc root cannot be read, kernel events are not available (`--source kernel`), or the system is not Linux',
  },
} as const;

/** Returns the message and the exit code for anything that was thrown. */
export const toExitError = (error: unknown): { message: string; code: number } => {
  if (error instanceof UsageError)
    return { message: `${error.message}; see churntop --help`, code: exitCodes.usage.code };
  if (error instanceof ProcError) {
    const reason = error.code === undefined ? error.message : `${error.message}: ${describeError(error)}`;
    return { message: `${error.path}: ${reason}`, code: exitCodes.proc.code };
  }
  if (error instanceof SourceError)
    return {
      message: `--source: kernel events are not available: ${error.message} (--source auto polls /proc instead)`,
      code: exitCodes.proc.code,
    };
  return { message: describeFailure(error), code: exitCodes.failure.code };
};
