import { expect, onTestFinished, test } from 'vitest';
import { openNatsSource } from '../../../src/cli/nats/nats-view.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';

const open = (url: string) => openNatsSource(url, {} as never, new AbortController().signal);

test.skipIf(!hasNatsServer)('view fails before its screen when nothing can be read', async () => {
  await expect(open('nats://127.0.0.1:1')).rejects.toThrow('127.0.0.1:1: connection refused');
  const server = await TestNatsServer.start();
  onTestFinished(() => server.stop());
  await expect(open(server.url)).rejects.toThrow(
    /: no stream CHURN \(churntop check nats:\/\/[\d.:]+ shows how/,
  );
});
