import { describe, expect, test, vi } from 'vitest';
import { openNatsPublisher } from '../../../src/cli/fleet/nats-publisher.ts';
import type { RecorderStatus } from '../../../src/trace/record/protocol.ts';
import { openResources } from '../../fleet/nats/nats-fixture.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';

describe.skipIf(!hasNatsServer)('the publisher of a recording (with nats-server)', () => {
  const { keep, openFiles } = openResources();

  test('reports why nothing was published when the recording has ended before that is known', async () => {
    const { url } = keep(await TestNatsServer.start());
    const files = openFiles();
    files.write(5);
    const messages: string[] = [];
    const onMessage = (text: string) => messages.push(text);
    const publisher = await openNatsPublisher({
      url,
      path: files.path,
      pulseNs: undefined,
      gzip: false,
      onMessage,
    });
    const fail = vi.fn();
    publisher.start?.({ status: () => ({ records: files.lastSeq + 1 }) as RecorderStatus, fail });
    await publisher.stop();
    expect(messages).toEqual([
      expect.stringMatching(/: no stream takes churn\.guest\.r0\.events \(churntop check /),
      expect.stringMatching(/: [\d,]+ records not published \(record --append publishes them\)$/),
    ]);
    expect(fail).not.toHaveBeenCalled();
  });
});
