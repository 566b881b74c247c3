/** Entry of the repository's tools; scripts/tools.mjs bundles and imports it. The product never imports from here. */
import { runAsProcess } from '../src/main/cli/run-program.js';
import { addAttributeReport } from './commands/attribute-report.js';
import { addAttributeTokens } from './commands/attribute-tokens.js';
import { addBench } from './commands/bench.js';
import { addEvaluate } from './commands/evaluate.js';
import { addPackChanges } from './commands/pack-changes.js';
import { addPackOpening } from './commands/pack-opening.js';
import { addRemoteProof } from './commands/remote-proof.js';
import { addRemoteScale } from './commands/remote-scale.js';
import { addScenes } from './commands/scenes.js';
import { addWithstand } from './commands/withstand.js';

await runAsProcess({
  name: 'npm run tools --',
  description: "What makes this repository's own documents, scores and benchmarks",
  commands: [
    addEvaluate,
    addBench,
    addAttributeReport,
    addAttributeTokens,
    addScenes,
    addWithstand,
    addPackChanges,
    addPackOpening,
    addRemoteProof,
    addRemoteScale,
  ],
});
