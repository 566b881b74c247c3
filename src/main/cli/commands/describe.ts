/** `describe` and `ask`: a picture in, text out. */
import type { Command } from 'commander';
import type { EngineRequest } from '../../engine/protocol.js';
import { reportEvent, type CommandContext, type Act } from '../context.js';
import { withEngine } from '../engine.js';
import { readImageFile } from '../files.js';
import { withEngineOptions, type EngineOptions } from '../options.js';

export function addDescribe(program: Command, act: Act): void {
  const command = program
    .command('describe')
    .description('say what a picture shows')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file')
    .addHelpText('after', '\nExample:\n  ddt-studio describe in.png');
  withEngineOptions(command).action(
    act(async (context, path: string, options: EngineOptions) => {
      const image = await readImageFile(path);
      await answer(context, options, { kind: 'describe', source: { image } });
    }),
  );
}

export function addAsk(program: Command, act: Act): void {
  const command = program
    .command('ask')
    .description('answer a question about a picture')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file')
    .argument('<question>')
    .addHelpText('after', '\nExample:\n  ddt-studio ask in.png "what colour is the heart?"');
  withEngineOptions(command).action(
    act(async (context, path: string, question: string, options: EngineOptions) => {
      const image = await readImageFile(path);
      await answer(context, options, { kind: 'ask', source: { image }, question });
    }),
  );
}

async function answer(
  context: CommandContext,
  options: EngineOptions,
  request: Extract<EngineRequest, { kind: 'describe' | 'ask' }>,
): Promise<void> {
  await withEngine(context, options, async (engine) => {
    const { result, timing } = await engine.run(request, (event) => reportEvent(context, event));
    const { text } = result;
    context.output.result(text, { pack: engine.pack.id, text, elapsedMs: Math.round(timing.wallMs) });
  });
}
