/** A step: wait until the screen matches, capture for `holdMs`, save an image, then type `keys`. */
export type Step = { waitFor: RegExp; holdMs: number; image?: string; keys: string };

/** The steps of the demo. */
export const scenario: readonly Step[] = [
  { waitFor: /EVENTS[\s\S]*by make/, holdMs: 2600, image: 'live', keys: 'p' },
  { waitFor: /PAUSED/, holdMs: 1300, keys: 'p' },
  { waitFor: /LIVE/, holdMs: 300, keys: '/' },
  { waitFor: /LIVE/, holdMs: 300, keys: 'c' },
  { waitFor: /LIVE/, holdMs: 200, keys: 'c' },
  { waitFor: /LIVE/, holdMs: 200, keys: '1' },
  { waitFor: /cc1/, holdMs: 900, keys: '\r' },
  { waitFor: /cc1/, holdMs: 500, keys: 'd' },
  { waitFor: /\.ndjson/, holdMs: 1100, keys: '/' },
  { waitFor: /cc1/, holdMs: 200, keys: '\x15' },
  { waitFor: /LIVE/, holdMs: 200, keys: '\r' },
  { waitFor: /make/, holdMs: 300, keys: '2' },
  { waitFor: /cc1/, holdMs: 1800, image: 'churn', keys: '3' },
  { waitFor: /make/, holdMs: 1900, image: 'tree', keys: '4' },
  { waitFor: /make/, holdMs: 1900, image: 'timeline', keys: 'x' },
  { waitFor: /SINCE[\s\S]*api-server/, holdMs: 1900, image: 'failures', keys: '' },
  { waitFor: /PARENT *\n. api-server/, holdMs: 0, keys: '\r' },
  { waitFor: /with this command/, holdMs: 2200, image: 'details', keys: '1' },
  { waitFor: /EVENTS/, holdMs: 500, keys: '?' },
  // An image only, at the end.
  { waitFor: /pause or resume/, holdMs: 0, image: 'help', keys: 'q' },
];
