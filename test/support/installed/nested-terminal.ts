import { spawnSync } from 'node:child_process';
import { openPty, type Session } from '../harness/pty.ts';

const utf8 = { LC_ALL: 'C.UTF-8' };

/** Whether mosh is installed. Tests that need it are skipped otherwise. */
export const hasMosh = ['mosh-server', 'mosh-client'].every(
  (program) => spawnSync(program, ['--version']).error === undefined,
);

/** Whether GNU screen is installed. Tests that need it are skipped otherwise. */
export const hasGnuScreen = spawnSync('screen', ['--version']).error === undefined;

type Size = { columns: number; rows: number };

/** Runs a command in mosh on the loopback interface: a terminal that implements few control sequences. */
export const openMosh = (
  pty: typeof import('node-pty'),
  command: readonly string[],
  size: Size,
): { session: Session; close: () => void } => {
  const { CI: _, NO_COLOR: __, SSH_CONNECTION: ___, ...env } = process.env;
  const { stdout, stderr } = spawnSync(
    'mosh-server',
    ['new', '-i', '127.0.0.1', '-c', '256', '--', ...command],
    {
      encoding: 'utf8',
      env: { ...env, ...utf8, TERM: 'xterm-256color', MOSH_SERVER_NETWORK_TMOUT: '60' },
    },
  );
  const [, port, key] = /^MOSH CONNECT (\d+) (\S+)/m.exec(stdout) ?? [];
  const [, serverPid] = /pid = (\d+)/.exec(stdout + stderr) ?? [];
  if (port === undefined || key === undefined) throw new Error(`mosh-server: ${stdout}${stderr}`);
  const session = openPty(pty, 'mosh-client', ['127.0.0.1', port], {
    ...size,
    env: { MOSH_KEY: key, MOSH_PREDICTION_DISPLAY: 'never' },
  });
  return {
    session,
    close: () => {
      session.kill('SIGKILL');
      try {
        process.kill(Number(serverPid), 'SIGTERM');
      } catch {
        // The server has exited with its command.
      }
    },
  };
};

/** Runs a command in GNU screen. */
export const openGnuScreen = (
  pty: typeof import('node-pty'),
  command: readonly string[],
  size: Size,
): { session: Session; close: () => void } => {
  const name = `churntop-test-${process.pid}`;
  const session = openPty(pty, 'screen', ['-c', '/dev/null', '-U', '-S', name, ...command], size);
  return {
    session,
    close: () => {
      spawnSync('screen', ['-S', name, '-X', 'quit']);
      session.kill('SIGKILL');
    },
  };
};
