import { loadRegexEngine } from '../../../src/domain/filter/filter.ts';

// Tests compile filters synchronously. The program loads the engine when it is needed.
await loadRegexEngine();
