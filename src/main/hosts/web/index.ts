/** `node out/main/web.js [--port N] [--data folder]`: serves the studio and prints its address as one line. */
import { parseArgs } from 'node:util';
import { serialiseError } from '../../../shared/errors.js';
import { startWebHost, type WebHost } from './host.js';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, data: { type: 'string' } } });

try {
  const host = await startWebHost({
    port: Number(values.port),
    ...(values.data === undefined ? {} : { dataDirectory: values.data }),
  });
  process.stdout.write(`${host.url}\n`);
  closeOnSignal(host);
} catch (error) {
  const { message, remedy } = serialiseError(error);
  console.error(`${message} ${remedy}`);
  process.exitCode = 1;
}

function closeOnSignal(host: WebHost): void {
  const close = (): void => void host.close().then(() => process.exit(0));
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
}
