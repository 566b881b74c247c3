/** `analyze interpolate`: the counterfactual sheet of the paper. */
import type { Command } from 'commander';
import { counterfactualSheet } from '../../../shared/tokens/transplant.js';
import { encodePng } from '../../storage/images/images.js';
import { withEngine } from '../engine.js';
import { writeOutputFile } from '../files.js';
import { stepsOption, whole, withEngineOptions, type EngineOptions, seedOption } from '../options.js';
import type { Act } from '../context.js';
import { contactSheet } from '../sheet/canvas.js';
import { readTokensFile, refuseForeignTokens } from '../tokens-file.js';
import { decodeTokens } from './explore.js';

interface SheetOptions extends EngineOptions {
  out: string;
  seed: number;
  steps?: number;
}

export function addInterpolate(analyze: Command, act: Act): void {
  const command = analyze
    .command('interpolate')
    .description(
      'the counterfactual sheet: from picture a to b, replacing tokens from the coarse and from the fine end',
    )
    .argument('<a.json>', 'a file that encode wrote')
    .argument('<b.json>', 'another one, of the same pack')
    .requiredOption('--out <sheet.png>', 'where to write')
    .option('--strides <n>', 'in how many strides the tokens are replaced', whole({ smallest: 1, largest: 64 }), 8)
    .addOption(stepsOption())
    .addOption(seedOption('seed of the noise'))
    .addHelpText('after', '\nExample:\n  ddt-studio analyze interpolate a.json b.json --out sheet.png');
  withEngineOptions(command).action(
    act(async (context, pathA: string, pathB: string, options: SheetOptions & { strides: number }) => {
      const [a, b] = [await readTokensFile(pathA), await readTokensFile(pathB)];
      refuseForeignTokens(b, a.pack, pathB);
      const directions = ['coarse-first', 'fine-first'] as const;
      const sheets = directions.map((direction) => counterfactualSheet(a.codes, b.codes, options.strides, direction));
      await withEngine(context, options, async (engine) => {
        refuseForeignTokens(a, engine.pack.id, pathA);
        const cells = [];
        for (const { replaced, codes } of sheets.flat()) {
          const image = await decodeTokens(engine, context, codes, options);
          cells.push({ image, captions: [`${replaced} of ${codes.length} tokens`] });
        }
        const sheet = contactSheet(cells, {
          columns: options.strides + 1,
          rowLabels: ['coarse', 'fine'],
          title: `${pathA} to ${pathB}: tokens replaced from the coarse end, from the fine end`,
        });
        await writeOutputFile(options.out, encodePng(sheet));
        context.output.result(options.out, { pack: engine.pack.id, file: options.out, pictures: cells.length });
      });
    }),
  );
}
