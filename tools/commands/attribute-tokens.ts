/** `attribute-tokens`: whether the matrix of Explore names the tokens that really carry an attribute. */
import { InvalidArgumentError, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { runsToHide, type GroupLosses } from '../../src/shared/tokens/attribute-matrix.js';
import { attributeNames } from '../../src/shared/tokens/attributes.js';
import { StudioError } from '../../src/shared/errors.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import type { TokenRange } from '../../src/shared/tokens/tokens.js';
import type { Act } from '../../src/main/cli/context.js';
import { withEngine, type EngineSession } from '../../src/main/cli/engine.js';
import { writeOutputFile } from '../../src/main/cli/files.js';
import { seedOption, whole, withEngineOptions, type EngineOptions } from '../../src/main/cli/options.js';
import { readAttributePairs } from '../attributes/attribute-pairs.js';
import { matrixMarkers, tokenTruthText, withMeasurements } from '../attributes/attribute-report.js';
import { tokenTruth, type ChangedScene } from '../attributes/token-truth.js';
import { recordedSet, siblingSet } from '../evaluation/sets.js';

interface TokenOptions extends EngineOptions {
  changes: number;
  data?: string;
  document?: string;
  levels: number[];
  seed: number;
}

/** Of the quantiser that this repository trains (training/models/fsq.py); a pack does not say its own. */
const trainedLevels = [8, 5, 5, 5] as const;

export function addAttributeTokens(program: Command, act: Act): void {
  const command = program
    .command('attribute-tokens')
    .description(
      'change one attribute of scenes, read them again, and hold the matrix against how far each token moves',
    )
    .option('--changes <n>', 'how many changed scenes', whole({ smallest: 1, largest: 10_000 }), 200)
    .option('--data <file.json>', 'scenes beside copies (default: the set of the world the pack was measured with)')
    .option('--document <file.md>', 'write the table between its markers')
    .option('--levels <list>', 'levels of each channel of the quantiser, the first counting ones', levelList, [
      ...trainedLevels,
    ])
    .addOption(seedOption('seed of the noise', 1))
    .addHelpText('after', '\nExample:\n  npm run tools -- attribute-tokens --document docs/attributes.md');
  withEngineOptions(command).action(
    act(async (context, options: TokenOptions) => {
      await withEngine(context, options, async (engine) => {
        const { provenance, tokens } = engine.pack.manifest;
        checkLevels(options.levels, tokens.codebookSize);
        const data = options.data ?? (await siblingSet('attributes', recordedSet(provenance.evaluation) ?? ''));
        const pairs = (await readAttributePairs(data)).slice(0, Math.ceil(options.changes / attributeNames.length));
        const changes: ChangedScene[] = [];
        for (const { reference, changed } of pairs) {
          const before = await codesOf(engine, reference);
          const groups = await lossesOf(engine, before, options.seed);
          const runs = await lossesOf(engine, before, options.seed, runsToHide(groups));
          for (const attribute of attributeNames) {
            if (changes.length >= options.changes) break;
            const after = await codesOf(engine, changed[attribute]);
            changes.push({ attribute, before, after, groups, whole: runs });
          }
          context.output.event({ type: 'scene', done: changes.length, total: options.changes });
        }
        const truth = tokenTruth(changes, options.levels);
        const text = tokenTruthText(truth, {
          pack: engine.pack.id,
          scenes: pairs.length,
          tokens: tokens.count,
          command: commandFor(options),
        });
        if (options.document !== undefined) {
          const document = await readFile(options.document, 'utf8');
          await writeOutputFile(
            options.document,
            withMeasurements(document, text, matrixMarkers(engine.pack.manifest.name)),
          );
        }
        context.output.result(text, { pack: engine.pack.id, changes: changes.length, attributes: truth });
      });
    }),
  );
}

/** What somebody would write to have the table again. */
function commandFor({ pack, changes, levels }: TokenOptions): string {
  const which = pack === undefined ? '' : ` --pack ${pack}`;
  const channels = levels.join() === trainedLevels.join() ? '' : ` --levels ${levels.join()}`;
  return `npm run tools -- attribute-tokens${which}${channels} --changes ${changes} --document docs/attributes.md`;
}

function levelList(text: string): number[] {
  const levels = text.split(',').map(Number);
  if (levels.every((level) => Number.isInteger(level) && level >= 2)) return levels;
  throw new InvalidArgumentError('Whole numbers of at least 2, such as 8,5,5,5.');
}

function checkLevels(levels: readonly number[], codes: number): void {
  if (levels.reduce((product, level) => product * level, 1) === codes) return;
  throw new StudioError(
    'bad-request',
    `This pack has ${codes} codes, which are not ${levels.join(' · ')} levels of a quantiser, so how far apart two of them are is not known.`,
    'Say the levels of its quantiser with --levels. Codes of a learnt codebook have no such order, and cannot be held against the matrix.',
  );
}

async function codesOf(engine: EngineSession, image: RasterImage): Promise<number[]> {
  const { result } = await engine.run({ kind: 'encode', image });
  return result.codes;
}

/** Of every group by itself, or of these runs. */
async function lossesOf(
  engine: EngineSession,
  codes: number[],
  seed: number,
  groups?: TokenRange[],
): Promise<GroupLosses[]> {
  if (groups?.length === 0) return [];
  const losses: GroupLosses[] = [];
  await engine.run({ kind: 'ablate', source: { codes }, seed, ...(groups && { groups }) }, (event) => {
    if (event.type === 'influence') losses.push(event.influence);
  });
  return losses;
}
