/** `npm run test:package`: packs the studio around a stand-in for Electron and works with what came out. Takes a minute. */
import { ensureBuild } from './lib/build.mjs';
import { runTool } from './lib/repository.mjs';

if (!(await ensureBuild())) process.exit(1);
const { code } = await runTool('vitest/vitest.mjs', ['run', '--config', 'tests/packaging/vitest.config.ts']);
process.exit(code);
