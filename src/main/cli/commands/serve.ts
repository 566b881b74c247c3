/** `serve`: the studio for a browser on this machine, until it is interrupted. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { startWebHost } from '../../hosts/web/host.js';
import { whole, withCommonOptions, type EngineOptions } from '../options.js';
import type { Act } from '../context.js';

interface ServeOptions extends EngineOptions {
  port: number;
  data?: string;
}

export function addServe(program: Command, act: Act): void {
  const command = program
    .command('serve')
    .description('serve the studio to a browser on this machine')
    .option('--port <n>', 'port to listen on, 0 = any free one', whole({ smallest: 0, largest: 65_535 }), 0)
    .option('--data <folder>', "where projects are kept (default: the person's data folder)")
    .option('--provider <name>', 'only this execution provider: cuda, dml, coreml, webgpu or cpu')
    .option('--threads <n>', 'threads of the engine on the CPU', whole({ smallest: 1, largest: 256 }))
    .addHelpText(
      'after',
      '\nThe address carries a token: whoever has it has the studio.\n\nExample:\n  ddt-studio serve --port 4600',
    );
  withCommonOptions(command).action(
    act(async ({ output, signal }, options: ServeOptions) => {
      const host = await startWebHost({
        port: options.port,
        ...(options.data === undefined ? {} : { dataDirectory: options.data }),
        engine: {
          ...(options.provider === undefined ? {} : { providers: [options.provider] }),
          ...(options.threads === undefined ? {} : { threads: options.threads }),
        },
      });
      output.event({ type: 'serving', address: host.url });
      if (!output.isJson) output.result(host.url, {});
      if (!signal.aborted) await once(signal, 'abort');
      await host.close();
    }),
  );
}
