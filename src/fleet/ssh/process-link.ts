import type { FleetLink, LinkListener } from '../../domain/fleet/fleet-link.ts';
import { ConnectQueue } from './connect-queue.ts';
import { GuestConnection, type Transport } from './guest-connection.ts';
import type { Target } from './targets.ts';

export type ProcessLinkOptions = Transport & { targets: readonly Target[] };

/** Connections that are made at once. */
const maxConnecting = 8;

/** Connects to guests by a process each: ssh, or a command such as `docker exec`. Lost connections are made again. */
export class ProcessLink implements FleetLink {
  readonly #options: ProcessLinkOptions;
  readonly #queue = new ConnectQueue(maxConnecting);
  #guests: GuestConnection[] = [];

  constructor(options: ProcessLinkOptions) {
    this.#options = options;
  }

  start(listener: LinkListener): void {
    const { targets, ...transport } = this.#options;
    this.#guests = targets.map((target) => {
      listener.onGuest(target.id);
      return new GuestConnection({ ...transport, target, queue: this.#queue, listener });
    });
    for (const guest of this.#guests) guest.start();
  }

  async stop(): Promise<void> {
    this.#queue.clear();
    await Promise.all(this.#guests.map((guest) => guest.stop()));
  }
}
