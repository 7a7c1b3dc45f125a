import type { Readable } from 'node:stream';
import type { FleetLink } from '../../../src/domain/fleet/fleet-link.ts';

const headBytes = 8;

/** Reads the batches of `feeder.ts`. */
export const pipeLink = (input: Readable): FleetLink => ({
  start: (listener) => {
    const known = new Set<string>();
    let rest: Buffer = Buffer.alloc(0);
    input.on('data', (chunk: Buffer) => {
      const buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      while (buffer.length - at >= headBytes) {
        const end = at + headBytes + buffer.readUInt32LE(at + 4);
        if (end > buffer.length) break;
        const id = `guest${buffer.readUInt32LE(at)}`;
        if (!known.has(id)) listener.onGuest(id);
        known.add(id);
        listener.onBytes(id, buffer.subarray(at + headBytes, end));
        at = end;
      }
      rest = buffer.subarray(at);
    });
  },
  stop: async () => {
    input.destroy();
  },
});
