import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createTempDir } from '../harness/temp-dir.ts';

const program = ['/usr/sbin/nats-server', '/usr/local/bin/nats-server', '/usr/bin/nats-server'].find((path) =>
  existsSync(path),
);

/** Whether nats-server is installed (Debian package nats-server). Without it, tests against it are skipped. */
export const hasNatsServer = program !== undefined;

/** Mounts a disk of a size such as `4m` at a directory. Returns whether that is permitted. */
const mountDisk = (directory: string, size: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory]).status === 0;

const unmountDisk = (directory: string) => spawnSync('umount', [directory]);

/** Whether tests may mount a disk. */
export const canMount = (): boolean => {
  const directory = createTempDir();
  const isMounted = mountDisk(directory.path, '1m');
  if (isMounted) unmountDisk(directory.path);
  directory.remove();
  return isMounted;
};

/** Returns a port of the loopback address that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

/** Waits until the server greets a client. */
const isReady = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    return socket.bytesRead > 0;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** A nats-server on the loopback address, with a directory of its own. */
export class TestNatsServer {
  readonly port: number;
  readonly storeDirectory: string;
  readonly directory: string;
  readonly #removeDirectory: () => void;
  readonly #config: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: ReturnType<typeof createTempDir>, config: string) {
    this.port = port;
    this.directory = directory.path;
    this.#removeDirectory = directory.remove;
    this.storeDirectory = join(directory.path, 'store');
    this.#config = config;
  }

  /** Starts a server. `config`: further lines of its configuration. `files`: files of its directory. */
  static async start({
    config = '',
    jetstream = true,
    files = {},
    diskSize,
  }: {
    config?: string;
    jetstream?: boolean;
    files?: Readonly<Record<string, string>>;
    /** Size of a disk of its own for the store, such as `4m`. Default: none. */
    diskSize?: string;
  } = {}): Promise<TestNatsServer> {
    const directory = createTempDir();
    const port = await freePort();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory.path, name), text);
    const store = join(directory.path, 'store');
    mkdirSync(store);
    if (diskSize !== undefined) mountDisk(store, diskSize);
    const lines = [
      `listen: "127.0.0.1:${port}"`,
      jetstream ? `jetstream { store_dir: "${store}", max_mem: 64MB, max_file: 256MB }` : '',
      config.replaceAll('$DIR', directory.path),
    ];
    const server = new TestNatsServer(port, directory, lines.join('\n'));
    await server.restart();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Undefined after `kill`. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it after `kill`. */
  async restart(config = this.#config): Promise<void> {
    const file = join(this.directory, 'server.conf');
    writeFileSync(file, config);
    const child = spawn(program as string, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let log = '';
    child.stderr.on('data', (data) => {
      log += data;
    });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`nats-server: exited: ${log}`);
      if (await isReady(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  async stop(): Promise<void> {
    await this.kill();
    // Fails if it has no disk of its own.
    unmountDisk(this.storeDirectory);
    this.#removeDirectory();
  }
}
