import { ecsExport } from './ecs.ts';
import type { MakeExporter } from './exporter.ts';
import type { ExportFormat } from './formats.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto/exporter.ts';

/** Who writes which format. */
export const exporters: Readonly<Record<ExportFormat, MakeExporter>> = { perfetto, otlp, ecs: ecsExport };
