import type { Binding, Watched } from './keys.ts';

/** Keys of a line at the bottom: the one that ends it, and those by which any such line is typed. */
export const lineBindings = (watched: Watched, ending: Omit<Binding, 'watched'>): readonly Binding[] => {
  const { mode } = ending;
  const entries: readonly Omit<Binding, 'mode' | 'watched'>[] = [
    ending,
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
  return entries.map((entry) => ({ ...entry, mode, watched }));
};
