import { ecsExport } from './ecs.ts';
import type { ExportFormat, MakeExporter } from './exporter.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';

/** Who writes which format. */
export const exporters: Readonly<Record<ExportFormat, MakeExporter>> = { perfetto, otlp, ecs: ecsExport };
