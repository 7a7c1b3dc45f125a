/** One step: wait until the screen holds `see`, stay for `holdMs`, take a `still`, then press `keys`. */
export type Step = { see: RegExp; holdMs: number; still?: string; keys: string };

/** The film. A new view is a new line here. */
export const scenario: readonly Step[] = [
  { see: /EVENTS[\s\S]*by make/, holdMs: 2600, still: 'live', keys: 'p' },
  { see: /PAUSED/, holdMs: 1300, keys: 'p' },
  { see: /LIVE/, holdMs: 300, keys: '/' },
  { see: /LIVE/, holdMs: 300, keys: 'c' },
  { see: /LIVE/, holdMs: 200, keys: 'c' },
  { see: /LIVE/, holdMs: 200, keys: '1' },
  { see: /cc1/, holdMs: 900, keys: '\r' },
  { see: /cc1/, holdMs: 500, keys: 'd' },
  { see: /\.ndjson/, holdMs: 1400, keys: '/' },
  { see: /cc1/, holdMs: 200, keys: '\x15' },
  { see: /LIVE/, holdMs: 200, keys: '\r' },
  { see: /make/, holdMs: 300, keys: '2' },
  { see: /cc1/, holdMs: 2200, still: 'churn', keys: '3' },
  { see: /make/, holdMs: 2200, still: 'tree', keys: '4' },
  { see: /make/, holdMs: 2200, still: 'timeline', keys: '1' },
  { see: /EVENTS/, holdMs: 800, keys: '?' },
  // Not filmed: the film is over.
  { see: /the next view/, holdMs: 0, still: 'help', keys: 'q' },
];
