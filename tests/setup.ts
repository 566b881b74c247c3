/** Runs before every test file. */
import fc from 'fast-check';
import { fuzzRuns, seed } from './property-runs.js';

fc.configureGlobal({ seed, ...(fuzzRuns === null ? {} : { numRuns: fuzzRuns }) });
