import { ecsExport } from './ecs.ts';
import type { MakeExporter } from './exporter.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto/exporter.ts';

/** What `--to` takes. */
export const exportFormats = {
  perfetto: { make: perfetto, what: 'ui.perfetto.dev' },
  otlp: { make: otlp, what: 'OpenTelemetry logs' },
  ecs: { make: ecsExport, what: 'Elastic' },
} as const satisfies Record<string, { make: MakeExporter; what: string }>;
export type ExportFormat = keyof typeof exportFormats;
