/**
 * The command line without a process of its own: one program after the other in the test's process, on engines that stay open from one
 * command to the next. What only a process shows (its exit code, signals, what it prints past its streams) stays with `runCommand`.
 */
import { afterAll, beforeAll, vi } from 'vitest';
import { join } from 'node:path';
import { ensureBuild } from '../../scripts/lib/build.mjs';
import type { EngineProcess } from '../../src/main/supervisor/engine-process.js';
import type { FromEngine, ToEngine } from '../../src/main/engine/protocol.js';
import type { CommandRun } from './command-line.js';

const launching = '../../src/main/supervisor/engine-process.js';
const { nodeLauncher } = await vi.importActual<{ nodeLauncher: (script: string) => () => EngineProcess }>(launching);

/** An engine's process that outlives the sessions that use it, one at a time. */
interface KeptEngine {
  process: EngineProcess;
  /** The `open` it answered with `ready`, null before. */
  opened: string | null;
  ready: FromEngine | null;
  session: { hear: (message: FromEngine) => void; ended: (reason: string) => void } | null;
  /** Jobs and openings it has not answered. */
  owed: number;
}

let kept: KeptEngine[] = [];

function startEngine(script: string): KeptEngine {
  const engine: KeptEngine = { process: nodeLauncher(script)(), opened: null, ready: null, session: null, owed: 0 };
  engine.process.onMessage((message) => {
    if (message.type !== 'events' && message.type !== 'memory') engine.owed--;
    if (message.type === 'ready') engine.ready = message;
    engine.session?.hear(message);
  });
  engine.process.onExit((reason) => {
    kept = kept.filter((one) => one !== engine);
    engine.session?.ended(reason);
  });
  kept.push(engine);
  return engine;
}

/** A session gets an idle engine that has its pack open, an idle one, or a new one. */
function keptLauncher(script: string): () => EngineProcess {
  return () => {
    let engine: KeptEngine | null = null;
    let hear: (message: FromEngine) => void = () => {};
    let ended: (reason: string) => void = () => {};
    const open = (message: ToEngine): void => {
      const asked = JSON.stringify(message);
      const idle = kept.filter(({ session }) => session === null);
      engine = idle.find(({ opened }) => opened === asked) ?? idle[0] ?? startEngine(script);
      engine.session = { hear: (said) => hear(said), ended: (reason) => ended(reason) };
      const { ready } = engine;
      if (engine.opened === asked && ready !== null) return queueMicrotask(() => hear(ready));
      // A pack that cannot be opened leaves the one before in place; asking for that again opens it anew.
      engine.opened = asked;
      engine.ready = null;
      engine.owed++;
      engine.process.send(message);
    };
    return {
      send: (message) => {
        if (message.type === 'open') return open(message);
        if (message.type === 'run') engine!.owed++;
        engine!.process.send(message);
      },
      onMessage: (listener) => void (hear = listener),
      onExit: (listener) => void (ended = listener),
      kill: () => {
        if (engine === null) return;
        engine.session = null;
        if (engine.owed > 0) engine.process.kill();
      },
    };
  };
}

vi.doMock(launching, async (original) => ({ ...(await original<object>()), nodeLauncher: keptLauncher }));
beforeAll(async () => {
  if (!(await ensureBuild({ quiet: true }))) throw new Error('The studio could not be built.');
  await commandLine();
}, 300_000);
afterAll(() => {
  for (const { process } of kept) process.kill();
});

/** Imported once what it starts engines with has been replaced. */
async function commandLine() {
  const [{ runProgram }, { product }] = await Promise.all([
    import('../../src/main/cli/run-program.js'),
    import('../../src/main/cli/program.js'),
  ]);
  return { runProgram, product };
}

/** Runs the studio's command line as `runCommand` does, in this process; one at a time. */
export async function runHere(parameters: readonly string[], { cwd }: { cwd: string }): Promise<CommandRun> {
  const { runProgram, product } = await commandLine();
  const run: CommandRun = { code: null, stdout: '', stderr: '' };
  const streams = {
    stdout: { write: (text: string) => (run.stdout += text) },
    stderr: { write: (text: string) => (run.stderr += text) },
  };
  const before = process.cwd();
  vi.stubEnv('DDT_STUDIO_HOME', join(cwd, 'home'));
  vi.stubEnv('DDT_STUDIO_PROVIDERS', 'cpu');
  process.chdir(cwd);
  try {
    run.code = await runProgram(product, parameters, streams, new AbortController().signal);
    return run;
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
  }
}
