import { ecsExport } from './ecs.ts';
import type { MakeExporter } from './exporter.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';

/** What `--to` takes. */
export const exportFormats = {
  perfetto: { make: perfetto, what: 'Chrome trace JSON, opens in ui.perfetto.dev' },
  otlp: { make: otlp, what: 'OpenTelemetry logs as OTLP/JSON, one request a line' },
  ecs: { make: ecsExport, what: 'Elastic Common Schema as NDJSON' },
} as const satisfies Record<string, { make: MakeExporter; what: string }>;
export type ExportFormat = keyof typeof exportFormats;
