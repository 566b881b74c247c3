/** `encode` and `decode`: between pictures and tokens. */
import type { Command } from 'commander';
import { tokenLimits } from '../../../shared/limits.js';
import { reportEvent, type Act } from '../context.js';
import { withEngine } from '../engine.js';
import { readImageFile, writeOutputFile } from '../files.js';
import { withPictureOptions, writePicture, type PictureOptions } from '../picture-files.js';
import {
  number,
  stepsOption,
  whole,
  withEngineOptions,
  type EngineOptions,
  seedOption,
  settingOption,
} from '../options.js';
import { readTokensFile, refuseForeignTokens, type TokensFile } from '../tokens-file.js';

export function addEncode(program: Command, act: Act): void {
  const command = program
    .command('encode')
    .description('write the tokens of a picture')
    .argument('<image>', 'PNG, JPEG, WebP or GIF file')
    .requiredOption('--out <tokens.json>', 'where to write')
    .addHelpText('after', '\nExample:\n  ddt-studio encode in.png --out tokens.json');
  withEngineOptions(command).action(
    act(async (context, path: string, options: EngineOptions & { out: string }) => {
      const image = await readImageFile(path);
      await withEngine(context, options, async (engine) => {
        const { result, timing } = await engine.run({ kind: 'encode', image }, (event) => reportEvent(context, event));
        const { codes } = result;
        const pack = engine.pack.id;
        const file: TokensFile = { format: 'ddt-tokens/1', pack, codes };
        await writeOutputFile(options.out, `${JSON.stringify(file)}\n`);
        context.output.result(options.out, { pack, file: options.out, codes, elapsedMs: Math.round(timing.wallMs) });
      });
    }),
  );
}

interface DecodeOptions extends EngineOptions, PictureOptions {
  out: string;
  at: number;
  keepFrom: number;
  image?: string;
  steps?: number;
  seed: number;
  guidance?: number;
}

export function addDecode(program: Command, act: Act): void {
  const command = program
    .command('decode')
    .description('restore a picture from tokens')
    .argument('<tokens>', 'a file that encode wrote, or a PNG that carries its tokens')
    .requiredOption('--out <file.png>', 'where to write')
    .option('--at <t>', 'start from this t, 1 = pure noise and all tokens', number({ smallest: 0, largest: 1 }), 1)
    .option(
      '--keep-from <m>',
      'use only the coarse tokens from index m on',
      whole({ smallest: 0, largest: tokenLimits.count }),
      0,
    )
    .option('--image <file>', 'with --at below 1, noise this picture instead of the full reconstruction')
    .addOption(stepsOption())
    .addOption(seedOption('seed of the noise'))
    .addOption(settingOption('tokenGuidance'))
    .addHelpText('after', '\nExample:\n  ddt-studio decode tokens.json --at 0.6 --keep-from 20 --out out.png');
  withEngineOptions(withPictureOptions(command)).action(
    act(async (context, path: string, options: DecodeOptions) => {
      const tokens = await readTokensFile(path);
      const image = options.image === undefined ? undefined : await readImageFile(options.image);
      await withEngine(context, options, async (engine) => {
        refuseForeignTokens(tokens, engine.pack.id, path);
        const { diffusion } = engine.pack.manifest;
        const { result, timing } = await engine.run(
          {
            kind: 'decode',
            codes: tokens.codes,
            ...(image === undefined ? {} : { image }),
            t: options.at,
            keepFrom: options.keepFrom,
            steps: options.steps ?? diffusion.defaultSteps,
            seed: options.seed,
            tokenGuidance: options.guidance ?? diffusion.defaultGuidance,
          },
          (event) => reportEvent(context, event),
        );
        const settings = { t: options.at, keepFrom: options.keepFrom, seed: options.seed };
        const isWhole = options.at === 1 && options.keepFrom === 0;
        await writePicture(
          options.out,
          result.image,
          {
            name: tokens.record.picture.name,
            origin: {
              kind: 'decoded',
              parentId: tokens.record.picture.id,
              ...settings,
              steps: options.steps ?? diffusion.defaultSteps,
              pack: tokens.pack,
            },
            // Only then do all its tokens describe what is seen.
            tokens: isWhole ? { pack: tokens.pack, codes: tokens.codes } : null,
            sources: [tokens.record],
          },
          options,
        );
        context.output.result(options.out, {
          pack: tokens.pack,
          file: options.out,
          elapsedMs: Math.round(timing.wallMs),
        });
      });
    }),
  );
}
