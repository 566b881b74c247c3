/** `scenes`: the pictures of the evaluation data as files, for the commands of the studio. */
import type { Command } from 'commander';
import { join } from 'node:path';
import type { Act } from '../../src/main/cli/context.js';
import { numberedPath, writeOutputFile } from '../../src/main/cli/files.js';
import { whole, withCommonOptions, type CommonOptions } from '../../src/main/cli/options.js';
import { findPack } from '../../src/main/cli/packs.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import { readEvaluationData } from '../evaluation/data.js';
import { readManifest } from '../evaluation/pack-record.js';
import { worldSet } from '../evaluation/sets.js';

interface ScenesOptions extends CommonOptions {
  count: number;
  data?: string;
  folder: string;
}

export function addScenes(program: Command, act: Act): void {
  const command = program
    .command('scenes')
    .description('write the pictures of the evaluation data as PNG files')
    .option('--count <n>', 'how many', whole({ smallest: 1, largest: 10_000 }), 64)
    .option('--data <file.json>', "the scenes (default: those of the first pack's world)")
    .option('--folder <folder>', 'where to write', join('.bench', 'scenes'))
    .addHelpText('after', '\nExample:\n  npm run tools -- scenes --count 64 --folder .bench/scenes');
  withCommonOptions(command).action(
    act(async ({ output }, { count, data: path, folder }: ScenesOptions) => {
      const data = await readEvaluationData(path ?? (await setOfFirstPack()));
      const images = data.scenes.slice(0, count).map((_, index) => data.image(index));
      for (const [index, image] of images.entries()) {
        await writeOutputFile(numberedPath(join(folder, 'scene.png'), index, images.length), encodePng(image));
      }
      output.result(`${images.length} pictures written to ${folder}`, { folder, pictures: images.length });
    }),
  );
}

async function setOfFirstPack(): Promise<string> {
  const { provenance } = await readManifest(await findPack());
  return worldSet(provenance.evaluation);
}
