/** `timeline`: the three panes at every position as one sheet, and how much is restored as numbers. */
import type { Command } from 'commander';
import { basename } from 'node:path';
import { attributeNames } from '../../../shared/tokens/attributes.js';
import type { TimelinePosition } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { encodePng } from '../../storage/images/images.js';
import { seenByModel } from '../../engine/model/pixels.js';
import { reportEvent, type Act } from '../context.js';
import { withEngine } from '../engine.js';
import { readImageFile, writeOutputFile } from '../files.js';
import { withEngineOptions, type EngineOptions, seedOption } from '../options.js';
import { peakSignalToNoise } from '../../../shared/pictures/psnr.js';
import { timelineAnimation } from '../sheet/animation.js';
import { contactSheet } from '../sheet/canvas.js';

interface TimelineOptions extends EngineOptions {
  out?: string;
  csv?: string;
  animation?: string;
  seed: number;
}

export function addTimeline(program: Command, act: Act): void {
  const command = program
    .command('timeline')
    .description('show how the tokens restore a picture from every t: x_t, without tokens, with tokens')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file')
    .option('--out <sheet.png>', 'write a sheet: one column a position, rows x_t, alone, restored')
    .option(
      '--csv <curves.csv>',
      'write t, k(t), the PSNR of each pane against the picture and the share of each attribute',
    )
    .option('--animation <film.gif>', 'write an animated GIF for a slide, from noise to clean')
    .addOption(seedOption('seed of the noise'))
    .addHelpText(
      'after',
      '\nExample:\n  ddt-studio timeline in.png --out sheet.png --csv curves.csv --animation film.gif',
    );
  withEngineOptions(command).action(
    act(async (context, path: string, options: TimelineOptions) => {
      if ([options.out, options.csv, options.animation].every((file) => file === undefined)) {
        command.error('error: name at least one of --out <sheet.png>, --csv <curves.csv> and --animation <film.gif>');
      }
      const image = await readImageFile(path);
      await withEngine(context, options, async (engine) => {
        const positions: TimelinePosition[] = [];
        const { timing } = await engine.run({ kind: 'timeline', source: { image }, seed: options.seed }, (event) => {
          if (event.type === 'position') positions[event.position.index] = event.position;
          reportEvent(context, event);
        });
        const files = [options.out, options.csv, options.animation].filter((file) => file !== undefined);
        if (options.out !== undefined) await writeOutputFile(options.out, encodePng(timelineSheet(positions, path)));
        if (options.csv !== undefined)
          await writeOutputFile(options.csv, timelineCurves(positions, seenByModel(image, engine.pack.manifest.image)));
        if (options.animation !== undefined) {
          const labels = {
            title: basename(path),
            subtitle: `${engine.pack.id}, the same noise in all panes, seed ${options.seed}`,
            count: engine.pack.manifest.tokens.count,
          };
          await writeOutputFile(options.animation, timelineAnimation(positions, labels));
        }
        context.output.result(files.join('\n'), {
          pack: engine.pack.id,
          files,
          positions: positions.length,
          elapsedMs: Math.round(timing.wallMs),
        });
      });
    }),
  );
}

/** Coarse to fine from left to right, sixteen positions a band. */
export function timelineSheet(positions: readonly TimelinePosition[], title: string): RasterImage {
  const columns = Math.min(16, positions.length);
  const coarseFirst = positions.toReversed();
  const panes = ['noised', 'alone', 'restored'] as const;
  const labels = { noised: 'x_t', alone: 'alone', restored: 'restored' };
  const bands = Math.ceil(coarseFirst.length / columns);
  const cells = Array.from({ length: bands }, (_, band) =>
    coarseFirst.slice(band * columns, (band + 1) * columns),
  ).flatMap((band) => {
    // A short last band is padded so that every row starts at the left edge.
    const padded = Array.from({ length: columns }, (_, column) => band[column]);
    return panes.flatMap((pane) =>
      padded.map((position) => ({
        image: position?.[pane] ?? { width: 1, height: 1, data: new Uint8Array(4) },
        captions: position === undefined ? [''] : [`t=${position.t.toFixed(3)} k=${position.visibleTokens}`],
      })),
    );
  });
  const rowLabels = Array.from({ length: bands }, () => panes.map((pane) => labels[pane])).flat();
  return contactSheet(cells, { columns, rowLabels, title: `${title}: coarse to fine` });
}

/**
 * PSNR in dB of each pane against the picture itself, and how much of each attribute is there with and without tokens, position by
 * position, t rising.
 */
export function timelineCurves(positions: readonly TimelinePosition[], picture: RasterImage): string {
  const rows = positions.map(({ t, visibleTokens, restored, alone, noised, shares, sharesAlone }) =>
    [
      t.toFixed(6),
      visibleTokens,
      ...[restored, alone, noised].map((pane) => peakSignalToNoise(pane, picture).toFixed(3)),
      ...[shares, sharesAlone].flatMap((measured) => attributeNames.map((name) => measured?.[name].toFixed(4) ?? '')),
    ].join(','),
  );
  const lanes = ['restored', 'alone'].flatMap((pane) => attributeNames.map((name) => `${name}_${pane}`));
  const head = ['t', 'visible_tokens', 'psnr_restored', 'psnr_alone', 'psnr_noised', ...lanes].join(',');
  return `${[head, ...rows].join('\n')}\n`;
}
