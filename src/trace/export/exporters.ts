import { ecsExport } from './ecs.ts';
import type { CreateExporter, ExportFormat } from './exporter.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';

/** The exporter of each format. */
export const exporters: Readonly<Record<ExportFormat, CreateExporter>> = { perfetto, otlp, ecs: ecsExport };
