/** The command line of the studio: what a person does with pictures and packs. */
import { addAnalyze } from './commands/analyze.js';
import { addComparePacks } from './commands/compare-packs.js';
import { addDiagnostics } from './commands/diagnostics.js';
import { addAsk, addDescribe } from './commands/describe.js';
import { addAblate, addBranch, addTransplant } from './commands/explore.js';
import { addEdit, addGenerate } from './commands/generate.js';
import { addGpu } from './commands/gpu.js';
import { addGrid } from './commands/grid.js';
import { addInfo } from './commands/info.js';
import { addPacks } from './commands/packs.js';
import { addServe } from './commands/serve.js';
import { addTimeline } from './commands/timeline.js';
import { addDecode, addEncode } from './commands/tokens.js';
import type { ProgramDescription } from './run-program.js';

export const product: ProgramDescription = {
  name: 'ddt-studio',
  description: 'DDT Studio without a window: images as sentences of diffusion timestep tokens',
  commands: [
    addGenerate,
    addEdit,
    addGrid,
    addDescribe,
    addAsk,
    addEncode,
    addDecode,
    addTimeline,
    addBranch,
    addAblate,
    addTransplant,
    addInfo,
    addAnalyze,
    addPacks,
    addComparePacks,
    addServe,
    addGpu,
    addDiagnostics,
  ],
};
