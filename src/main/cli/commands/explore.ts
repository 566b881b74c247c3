/** `branch`, `ablate` and `transplant`: steering single tokens. */
import { tokenLimits } from '../../../shared/limits.js';
import type { Command } from 'commander';
import type { TokenInfluence } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { influenceAt } from '../../../shared/tokens/influence.js';
import { editSettings } from '../../../shared/jobs/settings.js';
import type { TokenRange } from '../../../shared/tokens/tokens.js';
import { transplant } from '../../../shared/tokens/transplant.js';
import { seenByModel } from '../../engine/model/pixels.js';
import { encodePng } from '../../storage/images/images.js';
import { reportEvent, type CommandContext, type Act } from '../context.js';
import { withEngine, type EngineSession } from '../engine.js';
import { numberedPath, readImageFile, writeOutputFile } from '../files.js';
import {
  generationSettings,
  stepsOption,
  tokenRange,
  whole,
  withBestOf,
  withEngineOptions,
  withSamplingOptions,
  type EngineOptions,
  type SamplingOptions,
  seedOption,
  settingOption,
} from '../options.js';
import { withPictureOptions, writePicture, type PictureOptions } from '../picture-files.js';
import { contactSheet } from '../sheet/canvas.js';
import { readTokensFile, refuseForeignTokens, type TokensFile } from '../tokens-file.js';

interface BranchOptions extends EngineOptions, SamplingOptions, PictureOptions {
  keepFrom?: number;
  keep?: TokenRange[];
  prompt: string;
  instruction?: string;
  out: string;
  tokens?: string;
}

export function addBranch(program: Command, act: Act): void {
  const command = program
    .command('branch')
    .description('keep some tokens of a picture and let the language model write the others anew')
    .argument('<tokens>', 'a file that encode wrote, or a PNG that carries its tokens')
    .requiredOption('--out <file.png>', 'where to write; several variations become file-1.png, file-2.png …')
    .option(
      '--keep-from <m>',
      'keep the coarse tokens from index m on',
      whole({ smallest: 0, largest: tokenLimits.count }),
    )
    .option('--keep <ranges...>', 'keep these too: single tokens and runs such as 3 8-11', tokenRange)
    .option('--prompt <text>', 'what to draw with them (default: nothing, only the kept tokens lead)', '')
    .option('--instruction <text>', 'what changes in the picture, in place of --prompt')
    .option('--tokens <file.json>', 'write the tokens of the results too, numbered like the pictures')
    .addHelpText(
      'after',
      '\nExample:\n  ddt-studio branch tokens.json --keep-from 20 --prompt "a blue star" --seed 3 --variations 4 --out out.png',
    );
  withEngineOptions(withPictureOptions(withBestOf(withSamplingOptions(command)))).action(
    act(async (context, path: string, options: BranchOptions) => {
      const { keepFrom, keep = [] } = options;
      if (keepFrom === undefined && keep.length === 0) {
        command.error('error: say what to keep with --keep-from <m> or --keep <ranges...>');
      }
      if (options.instruction !== undefined && options.prompt !== '') {
        command.error('error: --prompt says what the picture shows, --instruction what changes: give one of them');
      }
      const source = await readTokensFile(path);
      const isKept = (index: number): boolean =>
        index >= (keepFrom ?? Infinity) || keep.some(({ from, to }) => index >= from && index <= to);
      const kept = source.codes.map((code, index) => (isKept(index) ? code : null));
      await withEngine(context, options, async (engine) => {
        refuseForeignTokens(source, engine.pack.id, path);
        const { prompt, instruction, seed, variations } = options;
        const chosen = generationSettings(options, engine.pack.manifest);
        const settings = instruction === undefined ? chosen : editSettings(chosen);
        const { result, timing } = await engine.run(
          instruction === undefined
            ? { kind: 'generate', prompt, seed, variations, settings, kept }
            : { kind: 'edit', source: { codes: source.codes }, instruction, seed, variations, settings, kept },
          (event) => reportEvent(context, event),
        );
        const images = result.images.map(({ seed, codes, plan }, index) => ({
          file: numberedPath(options.out, index, result.images.length),
          seed,
          codes,
          ...(plan === undefined ? {} : { plan }),
        }));
        for (const [index, { file, codes, plan }] of images.entries()) {
          await writePicture(
            file,
            result.images[index]!.image,
            {
              name: (instruction ?? prompt) || source.record.picture.name,
              origin: {
                ...(instruction === undefined
                  ? { kind: 'generated', prompt }
                  : { kind: 'edited', instruction, parentId: source.record.picture.id }),
                seed: images[index]!.seed,
                settings,
                pack: engine.pack.id,
                ...(plan === undefined ? {} : { plan }),
                branch: {
                  parentId: source.record.picture.id,
                  kept: kept.flatMap((code, token) => (code === null ? [] : [token])),
                },
              },
              tokens: { pack: engine.pack.id, codes },
              sources: [source.record],
            },
            options,
          );
          if (options.tokens === undefined) continue;
          await writeTokens(numberedPath(options.tokens, index, images.length), engine.pack.id, codes);
        }
        context.output.result(images.map(({ file }) => file).join('\n'), {
          pack: engine.pack.id,
          kept: kept.filter((code) => code !== null).length,
          images,
          elapsedMs: Math.round(timing.wallMs),
        });
      });
    }),
  );
}

interface AblateOptions extends EngineOptions {
  out: string;
  groups?: TokenRange[];
  seed: number;
}

export function addAblate(program: Command, act: Act): void {
  const command = program
    .command('ablate')
    .description('show where each token is at work: what changes in the picture without it')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file')
    .requiredOption('--out <sheet.png>', 'where to write a heatmap of every group of tokens, coarse first')
    .option('--groups <ranges...>', 'leave out these together, such as 0-7 8-15 (default: each by itself)', tokenRange)
    .addOption(seedOption('seed of the noise'))
    .addHelpText('after', '\nExample:\n  ddt-studio ablate in.png --out heat.png --json');
  withEngineOptions(command).action(
    act(async (context, path: string, options: AblateOptions) => {
      const image = await readImageFile(path);
      await withEngine(context, options, async (engine) => {
        const influences: TokenInfluence[] = [];
        const { seed, groups } = options;
        const { result, timing } = await engine.run(
          { kind: 'ablate', source: { image }, seed, ...(groups === undefined ? {} : { groups }) },
          (event) => {
            if (event.type === 'influence') influences.push(event.influence);
            reportEvent(context, event);
          },
        );
        const sheet = influenceSheet(influences, seenByModel(image, engine.pack.manifest.image), path);
        await writeOutputFile(options.out, encodePng(sheet));
        context.output.result(options.out, {
          pack: engine.pack.id,
          file: options.out,
          groups: result.groups,
          elapsedMs: Math.round(timing.wallMs),
        });
      });
    }),
  );
}

interface TransplantOptions extends EngineOptions, PictureOptions {
  from: number;
  to: number;
  out: string;
  tokens?: string;
  steps?: number;
  seed: number;
  guidance?: number;
}

export function addTransplant(program: Command, act: Act): void {
  const command = program
    .command('transplant')
    .description('put a run of tokens of the second picture into the first')
    .argument('<a.json>', 'tokens of the picture that receives')
    .argument('<b.json>', 'tokens of the picture that gives')
    .requiredOption(
      '--from <i>',
      'lowest index that is taken, 0 = finest',
      whole({ smallest: 0, largest: tokenLimits.count - 1 }),
    )
    .requiredOption('--to <i>', 'highest index that is taken', whole({ smallest: 0, largest: tokenLimits.count - 1 }))
    .requiredOption('--out <file.png>', 'where to write')
    .option('--tokens <file.json>', 'write the tokens of the result too')
    .addOption(stepsOption())
    .addOption(seedOption('seed of the noise'))
    .addOption(settingOption('tokenGuidance'))
    .addHelpText('after', '\nExample:\n  ddt-studio transplant a.json b.json --from 20 --to 31 --out out.png');
  withEngineOptions(withPictureOptions(command)).action(
    act(async (context, pathA: string, pathB: string, options: TransplantOptions) => {
      const [a, b] = [await readTokensFile(pathA), await readTokensFile(pathB)];
      refuseForeignTokens(b, a.pack, pathB);
      const { from, to } = options;
      const codes = transplant(a.codes, b.codes, { from, to });
      await withEngine(context, options, async (engine) => {
        refuseForeignTokens(a, engine.pack.id, pathA);
        const image = await decodeTokens(engine, context, codes, options);
        await writePicture(
          options.out,
          image,
          {
            name: a.record.picture.name,
            origin: {
              kind: 'decoded',
              parentId: a.record.picture.id,
              t: 1,
              keepFrom: 0,
              seed: options.seed,
              steps: options.steps ?? engine.pack.manifest.diffusion.defaultSteps,
              pack: engine.pack.id,
              transplant: { donorId: b.record.picture.id, from, to },
            },
            tokens: { pack: engine.pack.id, codes },
            sources: [a.record, b.record],
          },
          options,
        );
        if (options.tokens !== undefined) await writeTokens(options.tokens, engine.pack.id, codes);
        context.output.result(options.out, { pack: engine.pack.id, file: options.out, codes });
      });
    }),
  );
}

/** The full reconstruction from pure noise; what was not said is what the pack's maker found best. */
export async function decodeTokens(
  engine: EngineSession,
  context: CommandContext,
  codes: number[],
  { steps, seed, guidance }: { steps?: number; seed: number; guidance?: number },
): Promise<RasterImage> {
  const { diffusion } = engine.pack.manifest;
  const { result } = await engine.run(
    {
      kind: 'decode',
      codes,
      t: 1,
      keepFrom: 0,
      steps: steps ?? diffusion.defaultSteps,
      seed,
      tokenGuidance: guidance ?? diffusion.defaultGuidance,
    },
    (event) => reportEvent(context, event),
  );
  return result.image;
}

/** One cell a group in the order given; brightness compares across cells. */
export function influenceSheet(influences: readonly TokenInfluence[], image: RasterImage, title: string): RasterImage {
  const strongest = Math.max(...influences.map(({ map }) => map.scale), 1e-6);
  const cells = influences.map((influence) => ({
    image: heated(image, influence, strongest),
    captions: [
      influence.from === influence.to ? `token ${influence.from}` : `tokens ${influence.from}-${influence.to}`,
      `change ${(100 * influence.total).toFixed(1)} %`,
    ],
  }));
  return contactSheet(cells, {
    columns: Math.min(8, cells.length),
    title: `${title}: what changes without the tokens`,
  });
}

/** The picture in dim grey, and light orange where it changes. */
function heated(image: RasterImage, { map }: TokenInfluence, strongest: number): RasterImage {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * map.height) / height);
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const grey = (image.data[at]! + image.data[at + 1]! + image.data[at + 2]!) / 6;
      // The square root shows weak changes beside strong ones.
      const heat = Math.sqrt(influenceAt(map, Math.floor((x * map.width) / width), row) / strongest);
      [255, 176, 64].forEach((glow, channel) => (data[at + channel] = Math.round(grey + (glow - grey) * heat)));
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

function writeTokens(path: string, pack: string, codes: number[]): Promise<void> {
  const file: TokensFile = { format: 'ddt-tokens/1', pack, codes };
  return writeOutputFile(path, `${JSON.stringify(file)}\n`);
}
