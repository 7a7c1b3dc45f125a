import { createContext, use } from 'react';
import { createTheme, type Theme } from './theme.ts';

/** What every component draws with, besides what it is given. */
export type Look = { theme: Theme };

const LookContext = createContext<Look>({ theme: createTheme({ colours: false }) });

export const LookProvider = LookContext.Provider;
export const useLook = (): Look => use(LookContext);
