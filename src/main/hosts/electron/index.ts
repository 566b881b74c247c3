/** The entry Electron starts: the one file of the main side that loads Electron itself. */
import * as electron from 'electron';
import { parseArgs } from 'node:util';
import { serialiseError } from '../../../shared/errors.js';
import { applicationPaths } from '../../application.js';
import { startElectronHost } from './host.js';

// Chromium's own switches come along; what is not known here is left to it.
const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { data: { type: 'string' } },
  strict: false,
  allowPositionals: true,
});

// No top-level await: Electron becomes ready only after this module has been evaluated.
startElectronHost(electron, {
  paths: applicationPaths(typeof values.data === 'string' ? values.data : undefined),
}).catch((error: unknown) => {
  const { message, remedy } = serialiseError(error);
  electron.dialog.showErrorBox('DDT Studio could not start', `${message}\n${remedy}`);
  electron.app.exit(1);
});
