/** `generate` and `edit`: text in, PNG files out. */
import type { Command } from 'commander';
import type { PlanChoice } from '../../../shared/jobs/jobs.js';
import type { FrameOrigin } from '../../../shared/document/document.js';
import type { PictureRecord } from '../../../shared/document/image-metadata.js';
import { StudioError } from '../../../shared/errors.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { maskFromImage, maskLimits } from '../../../shared/pictures/mask.js';
import { settingsForEdit } from '../../../shared/jobs/presets.js';
import type { EngineBase, EngineRequest } from '../../engine/protocol.js';
import { reportEvent, type CommandContext, type Act } from '../context.js';
import { withEngine, type EngineSession } from '../engine.js';
import { numberedPath, readImageFile } from '../files.js';
import {
  generationSettings,
  whole,
  withBestOf,
  withEngineOptions,
  withSamplingOptions,
  type EngineOptions,
  type SamplingOptions,
} from '../options.js';
import { readPictureFile, withPictureOptions, writePicture, type PictureOptions } from '../picture-files.js';

interface DrawOptions extends EngineOptions, SamplingOptions, PictureOptions {
  out: string;
  /** False: none. */
  plan?: string | false;
}

interface EditOptions extends DrawOptions {
  mask?: string;
  feather: number;
  grow: number;
  whole: boolean;
}

export function addGenerate(program: Command, act: Act): void {
  const command = program
    .command('generate')
    .description('draw pictures from a text')
    .argument('<prompt>', 'what to draw')
    .requiredOption('--out <file.png>', 'where to write; several variations become file-1.png, file-2.png …')
    .addHelpText(
      'after',
      '\nExample:\n  ddt-studio generate "a red circle on a blue background" --seed 7 --variations 4 --steps 16 --out out.png',
    );
  withDrawingOptions(command).action(
    act((context, prompt: string, options: DrawOptions) =>
      draw(context, options, (engine) => ({
        kind: 'generate',
        prompt,
        seed: options.seed,
        variations: options.variations,
        settings: generationSettings(options, engine.pack.manifest),
        ...planOf(options),
      })),
    ),
  );
}

export function addEdit(program: Command, act: Act): void {
  const command = program
    .command('edit')
    .description('change a picture by an instruction')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file')
    .argument('<instruction>', 'what to change')
    .requiredOption('--out <file.png>', 'where to write; several variations become file-1.png, file-2.png …')
    .option(
      '--mask <file.png>',
      'change the picture only where this image is white; the rest stays as it is, bit for bit',
    )
    .option(
      '--feather <px>',
      'soften the edge of the mask this far to both sides',
      whole({ smallest: 0, largest: maskLimits.feather }),
      0,
    )
    .option(
      '--grow <px>',
      'widen the mask, negative: narrow it',
      whole({ smallest: -maskLimits.grow, largest: maskLimits.grow }),
      0,
    )
    .option('--whole', 'take all of the drawn picture, not only the part that the edit concerns', false)
    .addHelpText(
      'after',
      '\nExample:\n  ddt-studio edit in.png "make the circle blue" --out out.png' +
        '\n  ddt-studio edit in.png "make the circle blue" --mask circle.png --feather 4 --out out.png',
    );
  withDrawingOptions(command).action(
    act(async (context, path: string, instruction: string, options: EditOptions) => {
      const { image, record } = await readPictureFile(path);
      const base = await readBase(image, options);
      await draw(
        context,
        options,
        (engine) => ({
          kind: 'edit',
          source: { image },
          instruction,
          seed: options.seed,
          variations: options.variations,
          settings: settingsForEdit(generationSettings(options, engine.pack.manifest), engine.pack.manifest),
          base,
          ...(options.whole ? { region: 'whole' as const } : {}),
          ...planOf(options),
        }),
        [record],
      );
    }),
  );
}

function withDrawingOptions(command: Command): Command {
  const drawing = withBestOf(withSamplingOptions(command))
    .option('--plan <text>', 'draw this full description, instead of the one the model would write first')
    .option('--no-plan', 'draw straight from the words');
  return withEngineOptions(withPictureOptions(drawing));
}

function planOf({ plan }: DrawOptions): { plan?: PlanChoice } {
  if (plan === undefined) return {};
  return { plan: plan === false ? 'none' : { text: plan } };
}

/** Throws `bad-request` for a mask of another size. */
async function readBase(image: RasterImage, { mask, grow, feather }: EditOptions): Promise<EngineBase> {
  if (mask === undefined) return { image };
  const painted = maskFromImage(await readImageFile(mask));
  if (painted.width === image.width && painted.height === image.height) {
    return { image, mask: { painted, grow, feather } };
  }
  throw new StudioError(
    'bad-request',
    `${mask} has ${painted.width} × ${painted.height} pixels, the picture ${image.width} × ${image.height}.`,
    'Make the mask as large as the picture.',
  );
}

async function draw(
  context: CommandContext,
  options: DrawOptions,
  requestFor: (engine: EngineSession) => Extract<EngineRequest, { kind: 'generate' | 'edit' }>,
  sources: readonly PictureRecord[] = [],
): Promise<void> {
  await withEngine(context, options, async (engine) => {
    const request = requestFor(engine);
    const { result, timing } = await engine.run(request, (event) => reportEvent(context, event));
    const { images } = result;
    const files = images.map(({ seed, codes, plan, check }, index) => ({
      file: numberedPath(options.out, index, images.length),
      seed,
      codes,
      ...(plan === undefined ? {} : { plan }),
      ...(check === undefined ? {} : { check }),
    }));
    for (const plan of new Set(images.map((image) => image.plan))) {
      if (plan !== undefined) context.output.note(`Drawn from the plan: ${plan}`);
    }
    for (const [index, { file, seed, codes, plan, check }] of files.entries()) {
      const name = request.kind === 'edit' ? request.instruction : request.prompt;
      const tokens = { pack: engine.pack.id, codes };
      const made = {
        ...{ seed, settings: request.settings, pack: engine.pack.id },
        ...(plan === undefined ? {} : { plan }),
      };
      const region = check?.region === undefined ? {} : { region: 'changed' as const };
      const origin: FrameOrigin =
        request.kind === 'edit'
          ? { kind: 'edited', instruction: name, ...made, parentId: sources[0]!.picture.id, ...region }
          : { kind: 'generated', prompt: name, ...made };
      await writePicture(file, images[index]!.image, { name, origin, tokens, sources }, options);
    }
    context.output.result(files.map(({ file }) => file).join('\n'), {
      pack: engine.pack.id,
      images: files,
      elapsedMs: Math.round(timing.wallMs),
    });
  });
}
