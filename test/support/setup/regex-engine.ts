import { loadRegexEngine } from '../../../src/domain/filter/filter.ts';

// Tests compile filters at once. The program loads the engine when it needs it.
await loadRegexEngine();
