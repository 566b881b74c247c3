/** Entry of the command line; scripts/ddt-studio.mjs imports the built file. */
import { product } from './program.js';
import { runAsProcess } from './run-program.js';

await runAsProcess(product);
