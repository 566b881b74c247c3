/** `npm run tools -- <command>`: what makes this repository's own documents and scores. Builds what is stale, then runs it. */
import { buildTools, ensureBuild } from './lib/build.mjs';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';

const problem = nodeProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
if (
  !(await ensureDependencies({ output: 'errors' })) ||
  !(await ensureBuild({ quiet: true })) ||
  !(await buildTools())
) {
  console.error('The tools could not be prepared; the messages above say why.');
  process.exit(1);
}
await import('../out/tools/index.js');
