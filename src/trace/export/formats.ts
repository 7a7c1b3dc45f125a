/** What `--to` takes. Who makes them is apart (`exporters.ts`): the flags need the names only. */
export const exportFormats = {
  perfetto: { what: 'ui.perfetto.dev' },
  otlp: { what: 'OpenTelemetry logs' },
  ecs: { what: 'Elastic' },
} as const satisfies Record<string, { what: string }>;
export type ExportFormat = keyof typeof exportFormats;
