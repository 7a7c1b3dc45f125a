import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can stop to forward, as a line that is cut without a notice. */
export class BlackHoleProxy {
  readonly #server = createServer((client) => this.#serve(client));
  readonly #sockets = new Set<Socket>();
  #target: number;
  #isOpen = true;

  private constructor(target: number) {
    this.#target = target;
  }

  static async start(target: number): Promise<BlackHoleProxy> {
    const proxy = new BlackHoleProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Forwards nothing more on its connections. New ones are accepted, and get no data. */
  swallow(): void {
    this.#isOpen = false;
  }

  /** Forwards new connections, and resets those that were swallowed. */
  restore(): void {
    this.#isOpen = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket): void {
    const target = connect(this.#target, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(from);
      let swallows = !this.#isOpen;
      from.on('data', (data) => {
        swallows ||= !this.#isOpen;
        if (!swallows) to.write(data);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }
}
