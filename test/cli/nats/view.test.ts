import { expect, onTestFinished, test } from 'vitest';
import { openNatsInputs, openNatsSource } from '../../../src/cli/nats/nats-view.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';

const { signal } = new AbortController();
const open = (url: string) => openNatsSource(url, {} as never, signal);

test.skipIf(!hasNatsServer)('view and reports fail at once when nothing can be read', async () => {
  await expect(open('nats://127.0.0.1:1')).rejects.toThrow('127.0.0.1:1: connection refused');
  const server = await TestNatsServer.start();
  onTestFinished(() => server.stop());
  const noStream = /: no stream CHURN \(churntop check nats:\/\/[\d.:]+ shows how/;
  await expect(open(server.url)).rejects.toThrow(noStream);
  await expect(openNatsInputs(server.url, {} as never, signal)).rejects.toThrow(noStream);
});
