import { isNatsUrl } from '../../fleet/nats/server/url.ts';
import type { FlagValues } from '../args/flags.ts';
import type { RecordCompanion } from '../commands/record.ts';
import { printMessage } from '../support/output.ts';

/** Opens what runs next to a recording at `path`. @throws CliError */
export const openCompanions = async (path: string, values: FlagValues): Promise<RecordCompanion[]> => {
  const { metrics, publish = [] } = values;
  const companions: RecordCompanion[] = [];
  if (metrics !== undefined) {
    const { MetricsWriter } = await import('./metrics-writer.ts');
    companions.push(new MetricsWriter(metrics, printMessage));
  }
  if (publish.includes('otlp')) {
    const { openOtlpPublisher } = await import('./otlp-publisher.ts');
    companions.push(openOtlpPublisher(path));
  }
  for (const url of publish.filter(isNatsUrl)) {
    const { openNatsPublisher } = await import('./nats-publisher.ts');
    companions.push(await openNatsPublisher({ url, path, pulseNs: values.pulse, gzip: values.gzip }));
  }
  return companions;
};
