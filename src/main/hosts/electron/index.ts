/** The entry Electron starts: the one file of the main side that loads Electron itself. */
import * as electron from 'electron';
import { applicationPaths } from '../../application.js';
import { keepLogs } from '../../diagnostics/log.js';
import { remoteFrom } from '../../servers/remote-from.js';
import { parseHostArguments } from '../arguments.js';
import { startElectronHost } from './host.js';
import { runProgram, watchProgram } from './program.js';
import { hasUpdates, loadUpdater } from './updates/updater.js';

const parameters = process.argv.slice(1);
const workingDirectory = process.cwd();

watchProgram(electron, process, (incident) => console.error('The program failed:', incident));

// No top-level await: Electron becomes ready only after this module has been evaluated.
void runProgram(electron, async () => {
  const { data, files, providers, threads, remote } = parseHostArguments(parameters, {
    workingDirectory,
    lenient: true,
  });
  const paths = applicationPaths(data);
  await startElectronHost(electron, {
    paths,
    logs: keepLogs(paths.dataDirectory),
    start: { parameters, workingDirectory, files },
    engine: {
      ...(providers === undefined ? {} : { providers }),
      ...(threads === undefined ? {} : { threads }),
      ...(remote === undefined ? {} : { remote: remoteFrom(remote, process.env, true) }),
    },
    loadUpdater: electron.app.isPackaged && hasUpdates(process.resourcesPath) ? loadUpdater : null,
  });
});
