import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const sshd = '/usr/sbin/sshd';

/** Why guests with an sshd of their own cannot be made here; undefined if they can. */
export const sshdObstacle = ((): string | undefined => {
  if (!existsSync(sshd) || spawnSync('ssh', ['-V']).error)
    return 'openssh-server or openssh-client is missing';
  if (process.getuid?.() !== 0) return 'namespaces with an sshd need root';
  return spawnSync('unshare', ['-p', '-f', '-u', '--mount-proc', 'true']).status === 0
    ? undefined
    : 'no PID namespaces';
})();

/** Returns a free port of the loopback interface. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
};

/** A guest: a PID namespace with a host name and an sshd. */
export type SshGuest = {
  name: string;
  /** Ends the sshd and everything in its namespace with SIGKILL. */
  kill: () => void;
};

/** Creates guests that `ssh NAME` reaches with the folder `bin` of this lab at the start of PATH. */
export const createSshLab = (folder: string) => {
  const bin = join(folder, 'bin');
  const path = (name: string) => join(folder, name);
  // sshd needs it, and the service of the package creates it.
  mkdirSync('/run/sshd', { recursive: true });
  mkdirSync(bin);
  for (const key of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(key)]);
  execFileSync('cp', [path('user.pub'), path('authorized_keys')]);
  let clientConfig = '';
  const configure = (text: string) => {
    clientConfig += text;
    writeFileSync(path('ssh_config'), clientConfig);
  };
  configure('');
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${path('ssh_config')} "$@"\n`, {
    mode: 0o755,
  });
  const guests: ChildProcess[] = [];
  const kill = (child: ChildProcess) => {
    // The group of unshare and of the first process of the namespace, which takes all others with it.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };

  return {
    /** The environment in which `ssh NAME` reaches the guests. */
    env: { PATH: `${bin}:${process.env.PATH}` },
    /** Adds lines to the configuration of ssh. */
    configure,
    /** Starts a guest. `path` is the PATH of its commands, `command` runs in place of each command. */
    start: async (
      name: string,
      { path: guestPath = process.env.PATH, forceCommand = '' } = {},
    ): Promise<SshGuest> => {
      const port = await freePort();
      writeFileSync(
        path(`${name}.conf`),
        [
          `Port ${port}`,
          'ListenAddress 127.0.0.1',
          `HostKey ${path('host')}`,
          `AuthorizedKeysFile ${path('authorized_keys')}`,
          'PidFile none',
          'StrictModes no',
          'UsePAM no',
          `SetEnv PATH=${guestPath} HOME=${folder}/home-${name}`,
          ...(forceCommand === '' ? [] : [`ForceCommand ${forceCommand}`]),
          '',
        ].join('\n'),
      );
      mkdirSync(path(`home-${name}`), { recursive: true });
      configure(
        [
          `Host ${name}`,
          'HostName 127.0.0.1',
          `Port ${port}`,
          'User root',
          `IdentityFile ${path('user')}`,
          'IdentitiesOnly yes',
          `UserKnownHostsFile ${path('known_hosts')}`,
          'StrictHostKeyChecking accept-new',
          '',
        ].join('\n'),
      );
      const child = spawn(
        'unshare',
        [
          ...['-p', '-f', '-u', '--mount-proc', '--kill-child'],
          ...['sh', '-c', `hostname "$1"; exec ${sshd} -D -e -f "$2"`, 'sh', name, path(`${name}.conf`)],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
      );
      guests.push(child);
      for await (const text of child.stderr.setEncoding('utf8')) if (text.includes('listening')) break;
      return { name, kill: () => kill(child) };
    },
    close: () => {
      for (const child of guests) kill(child);
    },
  };
};
