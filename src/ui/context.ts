import { createContext, use } from 'react';
import { createTheme, type Theme } from './theme.ts';

/** What every component draws with, besides what it is given. */
export type Look = {
  theme: Theme;
  /** A name for a numeric user, or the number. */
  userName: (uid: number) => string;
};

const LookContext = createContext<Look>({ theme: createTheme(false), userName: String });

export const LookProvider = LookContext.Provider;
export const useLook = (): Look => use(LookContext);
