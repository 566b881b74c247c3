/** `diagnostics`: what helps somebody else to find a fault, as one zip. */
import type { Command } from 'commander';
import { applicationPaths } from '../../application.js';
import { makeDiagnostics } from '../../diagnostics/diagnostics.js';
import { listPacks } from '../../engine/pack/pack.js';
import { loadOnnxRuntime } from '../../engine/model/session.js';
import { writeOutputFile } from '../files.js';
import { withCommonOptions, type CommonOptions } from '../options.js';
import type { Act } from '../context.js';

interface DiagnosticsOptions extends CommonOptions {
  out?: string;
  data?: string;
}

export function addDiagnostics(program: Command, act: Act): void {
  withCommonOptions(
    program
      .command('diagnostics')
      .description('write versions, machine, packs and logs to a zip, without pictures, prompts, names or paths')
      .option('--out <file.zip>', 'where to write it (default: ddt-studio-diagnostics-<date>.zip here)')
      .option('--data <folder>', "whose logs (default: the person's data folder)"),
  )
    .addHelpText('after', '\nExample:\n  ddt-studio diagnostics --out diagnostics.zip')
    .action(
      act(async ({ output }, options: DiagnosticsOptions) => {
        const { version, root, dataDirectory, packDirectories } = applicationPaths(options.data);
        const { fileName, bytes } = makeDiagnostics({
          version,
          host: 'command line',
          program: root,
          dataDirectory,
          packs: await listPacks(packDirectories),
          engine: null,
          providers: await supportedProviders(),
        });
        const file = options.out ?? fileName;
        await writeOutputFile(file, bytes);
        output.result(`Written to ${file}; nothing was sent anywhere.`, { file, bytes: bytes.length });
      }),
    );
}

/** As the runtime says; empty where it cannot be loaded, which is then what is to be found out. */
async function supportedProviders(): Promise<string[]> {
  try {
    return (await loadOnnxRuntime()).listSupportedBackends().map(({ name }) => name);
  } catch (error) {
    console.warn('The runtime could not be loaded:', error);
    return [];
  }
}
