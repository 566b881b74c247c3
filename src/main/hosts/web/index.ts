/** `node out/main/web.js [--port N] [--data folder] [--provider name] [--threads N]`: serves the studio and prints its address as one line, another one when a browser came in. */
import { serialiseError } from '../../../shared/errors.js';
import { applicationPaths } from '../../application.js';
import { keepLogs } from '../../diagnostics/log.js';
import { onEndWish } from '../../end-wish.js';
import { remoteFrom } from '../../servers/remote-from.js';
import { parseHostArguments } from '../arguments.js';
import { startWebHost, type WebHost } from './host.js';

try {
  const { data, port, providers, threads, remote } = parseHostArguments(process.argv.slice(2), {
    workingDirectory: process.cwd(),
  });
  const host = await startWebHost({
    port: port ?? 0,
    onEntered: () => process.stdout.write(`${host.newAddress()}\n`),
    ...(data === undefined ? {} : { dataDirectory: data }),
    logs: keepLogs(applicationPaths(data).dataDirectory),
    engine: {
      ...(providers === undefined ? {} : { providers }),
      ...(threads === undefined ? {} : { threads }),
      ...(remote === undefined ? {} : { remote: remoteFrom(remote, process.env, true) }),
    },
  });
  process.stdout.write(`${host.url}\n`);
  closeOnSignal(host);
} catch (error) {
  const { message, remedy } = serialiseError(error);
  console.error(`${message} ${remedy}`);
  process.exitCode = 1;
}

function closeOnSignal(host: WebHost): void {
  const close = (): void =>
    void host.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('The studio could not be closed properly:', error);
        process.exit(1);
      },
    );
  onEndWish(close, () => process.exit(1));
}
