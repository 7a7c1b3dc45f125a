import { ecsExport } from './ecs.ts';
import type { CreateExporter, ExportFormat } from './exporter.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';

/** Who writes which format. */
export const exporters: Readonly<Record<ExportFormat, CreateExporter>> = { perfetto, otlp, ecs: ecsExport };
