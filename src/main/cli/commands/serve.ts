/** `serve`: the studio for a browser on this machine, until it is interrupted. */
import { once } from 'node:events';
import { Option, type Command } from 'commander';
import { applicationPaths } from '../../application.js';
import { keepLogs } from '../../diagnostics/log.js';
import { remoteFrom } from '../../servers/remote-from.js';
import { remoteOption, whole, withCommonOptions, type EngineOptions } from '../options.js';
import type { Act } from '../context.js';

interface ServeOptions extends EngineOptions {
  port: number;
  data?: string;
  attached?: boolean;
}

export function addServe(program: Command, act: Act): void {
  const command = program
    .command('serve')
    .description('serve the studio to a browser on this machine')
    .option('--port <n>', 'port to listen on, 0 = any free one', whole({ smallest: 0, largest: 65_535 }), 0)
    .option('--data <folder>', "where projects are kept (default: the person's data folder)")
    .addOption(new Option('--attached', 'end when the standard input does').hideHelp())
    .option('--provider <name>', 'only this execution provider: cuda, dml, coreml, webgpu or cpu')
    .option('--threads <n>', 'threads of the engine on the CPU', whole({ smallest: 1, largest: 256 }))
    .addOption(remoteOption())
    .addHelpText(
      'after',
      '\nThe address works once; when a browser came in by it, another one is printed.\n\nExample:\n  ddt-studio serve --port 4600',
    );
  withCommonOptions(command).action(
    act(async ({ output, signal }, options: ServeOptions) => {
      // The host and its libraries are for this command alone; the others start sooner without.
      const { startWebHost } = await import('../../hosts/web/host.js');
      const logs = keepLogs(applicationPaths(options.data).dataDirectory);
      try {
        const host = await startWebHost({
          logs,
          port: options.port,
          ...(options.data === undefined ? {} : { dataDirectory: options.data }),
          onEntered: () => {
            const address = host.newAddress();
            output.event({ type: 'entered', address });
            output.note(`A browser came in. For another one: ${address}`);
          },
          engine: {
            ...(options.provider === undefined ? {} : { providers: [options.provider] }),
            ...(options.threads === undefined ? {} : { threads: options.threads }),
            ...(options.remote === undefined ? {} : { remote: remoteFrom(options.remote, process.env, true) }),
          },
        });
        output.event({ type: 'serving', address: host.url });
        if (!output.isJson) output.result(host.url, {});
        await Promise.race([
          signal.aborted ? null : once(signal, 'abort'),
          ...(options.attached === true ? [once(process.stdin.resume(), 'close')] : []),
        ]);
        await host.close();
      } finally {
        logs.close();
      }
    }),
  );
}
