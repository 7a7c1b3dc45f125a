import type { Binding, SourceKind } from './binding.ts';
/** Keys while the details of one row are on screen. */
export const detailsBindings: readonly Binding[] = [
  {
    mode: 'details',
    keys: ['escape', 'enter'],
    footer: 'back',
    help: 'back',
    action: { type: 'closeDetails' },
  },
  {
    mode: 'details',
    keys: ['j', 'down'],
    footer: 'next',
    help: 'details of the next row',
    action: { type: 'nextDetails', by: 1 },
  },
  {
    mode: 'details',
    keys: ['k', 'up'],
    footer: 'previous',
    help: 'details of the row before',
    action: { type: 'nextDetails', by: -1 },
  },
  {
    mode: 'details',
    keys: ['f'],
    footer: 'filter',
    help: 'back, with a filter to this comm',
    action: { type: 'filterBy', what: 'comm' },
  },
  {
    mode: 'details',
    keys: ['u'],
    footer: 'subtree',
    help: 'back, with a filter to this process and all below it',
    action: { type: 'filterBy', what: 'subtree' },
  },
  {
    mode: 'details',
    keys: ['y'],
    footer: 'copy',
    help: 'copy the PID to the clipboard (OSC 52)',
    action: { type: 'copy' },
  },
  {
    mode: 'details',
    sourceKinds: 'now',
    keys: ['p', 'space'],
    help: 'pause or resume the view',
    action: { type: 'togglePause' },
  },
  { mode: 'details', keys: ['ctrl-l'], help: 'redraw the screen', action: { type: 'redraw' } },
  { mode: 'details', keys: ['ctrl-z'], help: 'suspend to the shell', action: { type: 'suspend' } },
  { mode: 'details', keys: ['q', 'ctrl-c'], footer: 'quit', help: 'quit', action: { type: 'quit' } },
];

/** Keys of a line at the bottom: the one that ends it, and those by which any such line is typed. */
export const textInputBindings = (
  sourceKinds: SourceKind,
  submit: Omit<Binding, 'sourceKinds'>,
): readonly Binding[] => {
  const { mode } = submit;
  const entries: readonly Omit<Binding, 'mode' | 'sourceKinds'>[] = [
    submit,
    { keys: ['escape'], footer: 'back', help: 'stay', action: { type: 'closeLine' } },
    {
      keys: ['backspace', 'delete'],
      help: 'delete the last character',
      action: { type: 'eraseLine', what: 'character' },
    },
    { keys: ['ctrl-w'], help: 'delete the last word', action: { type: 'eraseLine', what: 'word' } },
    { keys: ['ctrl-u'], help: 'delete all', action: { type: 'eraseLine', what: 'all' } },
    { keys: ['ctrl-l'], help: 'redraw the screen', action: { type: 'redraw' } },
    { keys: ['ctrl-z'], help: 'suspend to the shell', action: { type: 'suspend' } },
    { keys: ['ctrl-c'], help: 'quit', action: { type: 'quit' } },
  ];
  return entries.map((entry) => ({ ...entry, mode, watched: sourceKinds }));
};
