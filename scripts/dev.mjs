/**
 * `npm run dev`: the window with hot replacement against the real studio and engine. The window's code is served by vite and swapped
 * in place when it changes; main side and engine are bundled in a moment and started anew when theirs does, and the window reconnects
 * by itself. Source maps everywhere. What stands on the command line goes to `ddt-studio serve`, for example --data <folder>.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';
import { mainEntries } from './lib/entries.mjs';
import { root } from './lib/repository.mjs';

const problem = nodeProblem() ?? ((await ensureDependencies()) ? null : 'The dependencies could not be installed.');
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const { context } = await import('esbuild');
const { createLogger, createServer } = await import('vite');
const { svelte } = await import('@sveltejs/vite-plugin-svelte');

const studioPort = await freePort();
const studioOrigin = `http://127.0.0.1:${studioPort}`;
/** The process that serves the studio, and the cookie that lets into it; both are new after every start. */
let studio = null;
let cookie = null;
let ending = false;
/** Starts, and the end, one after the other: a change can come while the last start is under way. */
let turn = Promise.resolve();

// What `npm start` finds afterwards is not what it would have built.
rmSync(join(root, 'out', '.build-stamp'), { force: true });
mkdirSync(join(root, 'out', 'main'), { recursive: true });
const server = await serveWindow();
const bundles = await bundleMain();
process.stdout.write(`Open ${server.origin} in a browser.\n`);
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // npm passes on the Ctrl+C that the terminal has sent to everybody; a later one does not want to wait.
    if (ending) return performance.now() - asked > 500 ? process.exit(1) : undefined;
    asked = performance.now();
    void end();
  });
}

/**
 * The window's code at an address of ours: with one of its own, vite ends the whole process at SIGTERM, whether the studio has closed or
 * not.
 */
async function serveWindow() {
  const http = createHttpServer();
  const vite = await createServer({
    configFile: false,
    root: join(root, 'src', 'renderer'),
    cacheDir: join(root, 'node_modules', '.cache', 'ddt-studio-dev'),
    plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
    customLogger: withoutProxy(createLogger()),
    server: {
      middlewareMode: { server: http },
      hmr: { server: http },
      // Packages may lie behind a link.
      fs: { allow: [root, realpathSync(join(root, 'node_modules'))] },
      proxy: {
        '^/(api|images|thumbnails|downloads)(/|$)': {
          target: studioOrigin,
          ws: true,
          configure: (proxy) => {
            proxy.on('proxyReq', asTheStudiosOwn);
            proxy.on('proxyReqWs', asTheStudiosOwn);
            proxy.on('error', () => {});
          },
        },
      },
    },
  });
  http.on('request', vite.middlewares);
  // The usual one, so that a bookmark and what the window keeps for its address hold; beside another `npm run dev` any free one.
  await listen(http, 5173).catch(() => listen(http, 0));
  return {
    origin: `http://127.0.0.1:${http.address().port}`,
    close: async () => {
      await vite.close();
      http.close();
      http.closeAllConnections();
    },
  };
}

/** While the studio starts anew there is nobody to ask, and the window tries again: nothing to show a person. */
function withoutProxy(logger) {
  const { error } = logger;
  logger.error = (message, options) => {
    if (!/(ws|http) proxy (socket )?error/.test(message)) error(message, options);
  };
  return logger;
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(undefined);
    });
  });
}

/** The studio lets in who has its token. Here the proxy has it, and passes on only what its own page asks. */
function asTheStudiosOwn(request, { headers }) {
  // Pictures are asked for without an origin; then the browser says whose page asks.
  const site = headers['sec-fetch-site'] ?? 'none';
  const isOwn =
    headers.origin === undefined ? ['same-origin', 'none'].includes(site) : headers.origin === server.origin;
  if (cookie === null || !isOwn) return void request.destroy();
  request.setHeader('host', new URL(studioOrigin).host);
  request.setHeader('origin', studioOrigin);
  request.setHeader('cookie', cookie);
}

/** The Electron host stays out: it has no dev server to load its page from. */
async function bundleMain() {
  const entryPoints = { ...mainEntries };
  delete entryPoints.index;
  let built = '';
  const restart = ({ errors, outputFiles }) => {
    const hashes = outputFiles?.map(({ hash }) => hash).join(' ');
    // A file that was only touched, or saved as it was, makes nothing new.
    if (errors.length > 0 || hashes === built) return;
    built = hashes;
    for (const { path, contents } of outputFiles) writeFileSync(path, contents);
    turn = turn.then(startStudio);
  };
  const watched = await context({
    entryPoints,
    outdir: join(root, 'out', 'main'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    write: false,
    logLevel: 'warning',
    plugins: [{ name: 'restart', setup: ({ onEnd }) => onEnd(restart) }],
  });
  await watched.watch();
  return watched;
}

async function startStudio() {
  await stopStudio();
  if (ending) return;
  const script = join(root, 'out', 'main', 'cli.js');
  // Its standard input ends with this process, however that ends, and the studio with it.
  const own = ['serve', '--json', '--attached', '--port', String(studioPort), ...process.argv.slice(2)];
  // By the environment, so that engine and workers have it too: traces name the lines of the sources.
  const NODE_OPTIONS = [process.env.NODE_OPTIONS, '--enable-source-maps'].filter(Boolean).join(' ');
  const started = spawn(process.execPath, [script, ...own], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  studio = started;
  started.once('exit', (code, signal) => {
    if (studio === started) announce(`The studio ended (${signal ?? code}); it starts again when its code changes.`);
  });
  void welcome(started);
}

/** Waits for the address and enters once, for the cookie. */
async function welcome(started) {
  for await (const line of createInterface({ input: started.stdout })) {
    const message = JSON.parse(line);
    if (message.type !== 'serving') continue;
    const entrance = await fetch(message.address, { redirect: 'manual' }).catch(() => null);
    if (entrance === null || started !== studio) return;
    cookie = entrance.headers.get('set-cookie').split(';')[0];
    announce('The studio runs.');
  }
}

async function stopStudio() {
  const old = studio;
  studio = null;
  cookie = null;
  if (old === null || old.exitCode !== null || old.signalCode !== null) return;
  const ended = new Promise((resolve) => old.once('exit', resolve));
  old.kill('SIGTERM');
  const late = setTimeout(() => old.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(late);
}

/** The studio closes its projects first; nothing of it is left when this process has ended. */
async function end() {
  ending = true;
  turn = turn.then(stopStudio);
  await Promise.all([turn, bundles.dispose(), server.close()]);
  process.exit(0);
}

function announce(line) {
  process.stdout.write(`${new Date().toLocaleTimeString()} ${line}\n`);
}

async function freePort() {
  const socket = createSocket();
  await listen(socket, 0);
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}
