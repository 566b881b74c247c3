/** `attribute-tokens`: whether the matrix of Explore names the tokens that really carry an attribute. */
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { runsToHide, type GroupLosses } from '../../src/shared/attribute-matrix.js';
import { attributeNames } from '../../src/shared/attributes.js';
import type { RasterImage } from '../../src/shared/images.js';
import type { TokenRange } from '../../src/shared/tokens.js';
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
  seed: number;
}

export function addAttributeTokens(program: Command, act: Act): void {
  const command = program
    .command('attribute-tokens')
    .description('change one attribute of scenes, read them again, and hold the matrix against the tokens that differ')
    .option('--changes <n>', 'how many changed scenes', whole({ smallest: 1, largest: 10_000 }), 200)
    .option('--data <file.json>', 'scenes beside copies (default: the set of the world the pack was measured with)')
    .option('--document <file.md>', 'write the table between its markers')
    .addOption(seedOption('seed of the noise', 1))
    .addHelpText('after', '\nExample:\n  npm run tools -- attribute-tokens --document docs/attributes.md');
  withEngineOptions(command).action(
    act(async (context, options: TokenOptions) => {
      await withEngine(context, options, async (engine) => {
        const { evaluation } = engine.pack.manifest.provenance;
        const data = options.data ?? (await siblingSet('attributes', recordedSet(evaluation) ?? ''));
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
        const truth = tokenTruth(changes);
        const text = tokenTruthText(truth, {
          pack: engine.pack.id,
          scenes: pairs.length,
          tokens: engine.pack.manifest.tokens.count,
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
function commandFor({ pack, changes }: TokenOptions): string {
  const which = pack === undefined ? '' : ` --pack ${pack}`;
  return `npm run tools -- attribute-tokens${which} --changes ${changes} --document docs/attributes.md`;
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
