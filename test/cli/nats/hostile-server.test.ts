import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { program } from '../../support/harness/pty.ts';

const hostile = '\x1b]0;owned\x07\x1b[31mred';

/** Starts a server that answers a connection, and then breaks the protocol. Returns its URL. */
const startServer = async (talk: (socket: Socket) => void): Promise<string> => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    talk(socket);
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test.each([
  ['greets as another service', (socket: Socket) => void socket.end(`SSH-2.0-${hostile}\r\n`)],
  [
    'breaks the protocol later',
    (socket: Socket) => {
      socket.write('INFO {"server_id":"x","version":"2.9.0","max_payload":1000000,"proto":1}\r\n');
      socket.once('data', () => {
        socket.write('PONG\r\n');
        socket.once('data', () => void socket.end(`${hostile}\r\n`));
      });
    },
  ],
])('a server that %s does not control the terminal [fault:nats-hostile-server]', async (_, talk) => {
  const url = await startServer(talk);
  const args = [program, 'report', url];
  const { all, exitCode } = await execa(process.execPath, args, { all: true, reject: false });
  expect(all).toMatch(/^churntop: 127\.0\.0\.1:\d+: [^\n]+$/);
  expect(all).not.toContain('\x1b');
  expect(exitCode).toBe(1);
});
