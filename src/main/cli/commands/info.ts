/** `info`: what an image file says about itself. */
import type { Command } from 'commander';
import type { ImageMetadata } from '../../../shared/document/image-metadata.js';
import { chainOf, factsOf, sourceName } from '../../../shared/document/metadata-words.js';
import { listPacks } from '../../engine/pack/pack.js';
import { checkedAgainstPacks } from '../../studio/image-import-export.js';
import { withCommonOptions, type CommonOptions } from '../options.js';
import { packDirectories } from '../packs.js';
import { readWholeFile } from '../picture-files.js';
import { visibleLine } from '../visible.js';
import type { Act } from '../context.js';

export function addInfo(program: Command, act: Act): void {
  withCommonOptions(
    program
      .command('info')
      .description('show what a picture says about itself: prompt, seed, settings, tokens, history')
      .argument(
        '<image>',
        'PNG, JPEG, WebP or GIF file, of this studio or of ComfyUI, AUTOMATIC1111, SwarmUI, Fooocus, InvokeAI, NovelAI or Draw Things',
      ),
  )
    .addHelpText('after', '\nExample:\n  ddt-studio info out.png')
    .action(
      act(async ({ output }, path: string, _options: CommonOptions) => {
        const { image, notes, metadata: said } = await readWholeFile(path);
        const metadata = said === null ? null : checkedAgainstPacks(said, await listPacks(packDirectories()));
        const size = `${visibleLine(path)}  ${image.width} × ${image.height} pixels`;
        for (const note of [...notes, ...(metadata?.faults ?? [])]) output.note(note);
        const told = metadata === null ? ['It says nothing about how it was made.'] : describe(metadata);
        const { width, height } = image;
        output.result([size, ...told].join('\n'), { file: path, width, height, notes, metadata });
      }),
    );
}

function describe(metadata: ImageMetadata): string[] {
  const { source, recipe, record } = metadata;
  const rows: [string, string][] = [['Made with', sourceName(source)]];
  if (recipe !== null) rows.push([recipe.task === 'edit' ? 'Instruction' : 'Prompt', recipe.text]);
  rows.push(...factsOf(metadata));
  if (record?.picture.tokens) rows.push(['Codes', record.picture.tokens.codes.join(' ')]);
  if (record !== null && record.picture.description !== null) rows.push(['Description', record.picture.description]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(
    ([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
  );
  const chain = record === null ? [] : chainOf(record);
  if (chain.length > 1) lines.push('History', ...chain.map((step, index) => `  ${index + 1}. ${step}`));
  return lines;
}
