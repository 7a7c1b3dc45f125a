import { isNatsUrl } from '../../fleet/nats/server/url.ts';
import type { FlagValues } from '../args/flags.ts';
import type { RecordCompanion } from '../commands/record.ts';

/** Opens what runs next to a recording at `path`. `onMessage` receives one sentence each. @throws CliError, NatsError */
export const openCompanions = async (
  path: string,
  values: FlagValues,
  onMessage: (text: string) => void,
): Promise<RecordCompanion[]> => {
  const { metrics, publish = [] } = values;
  const companions: RecordCompanion[] = [];
  if (metrics !== undefined) {
    const { MetricsWriter } = await import('./metrics-writer.ts');
    companions.push(new MetricsWriter(metrics, onMessage));
  }
  if (publish.includes('otlp')) {
    const { openOtlpPublisher } = await import('./otlp-publisher.ts');
    companions.push(openOtlpPublisher(path, onMessage));
  }
  for (const url of publish.filter(isNatsUrl)) {
    const { openNatsPublisher } = await import('./nats-publisher.ts');
    companions.push(
      await openNatsPublisher({ url, path, pulseNs: values.pulse, gzip: values.gzip, onMessage }),
    );
  }
  return companions;
};
