#!/usr/bin/env node
/** The command line: builds what is stale (messages on stderr, stdout belongs to the command), then runs it. */
import { ensureBuild } from './lib/build.mjs';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';

const problem = nodeProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
if (!(await ensureDependencies({ output: 'errors' })) || !(await ensureBuild({ quiet: true }))) {
  console.error('The command line could not be prepared; the messages above say why.');
  process.exit(1);
}
await import('../out/main/cli.js');
