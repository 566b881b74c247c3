/** `attributes`: the lanes over scenes whose truth is known, and the measured part of docs/attributes.md. */
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { attributeTable, laneChart } from '../../src/main/cli/attribute-curves.js';
import {
  measureAttributes,
  printLanes,
  withAttributeOptions,
  type AttributeOptions,
} from '../../src/main/cli/commands/analyze-attributes.js';
import { writeFigure } from '../../src/main/cli/commands/analyze-model.js';
import type { Act } from '../../src/main/cli/context.js';
import { withEngine } from '../../src/main/cli/engine.js';
import { writeOutputFile } from '../../src/main/cli/files.js';
import { whole } from '../../src/main/cli/options.js';
import { chartSvg } from '../../src/shared/charts/chart-svg.js';
import { readAttributePairs, separation } from '../attributes/attribute-pairs.js';
import { readabilityChart, reportText, withMeasurements } from '../attributes/attribute-report.js';
import { truthColumns, truthRows, type KnownPicture, type TruthRow } from '../attributes/truth-curves.js';
import { readEvaluationData, type EvaluationData } from '../evaluation/data.js';
import { siblingSet, worldSet } from '../evaluation/sets.js';

interface ReportOptions extends AttributeOptions {
  document?: string;
  captions: boolean;
  scenes: number;
  data?: string;
}

export function addAttributeReport(program: Command, act: Act): void {
  const command = program
    .command('attributes')
    .description('the lanes over scenes whose truth is known, and at which t a probe reads each attribute right')
    .option('--scenes <n>', 'how many', whole({ smallest: 1, largest: 10_000 }), 200)
    .option('--data <file.json>', 'the scenes (default: the set the pack was measured with, else the newest)')
    .option('--captions', 'also what the language model says at each t', false)
    .option('--document <file.md>', 'write the tables between its markers and the figures beside it');
  withAttributeOptions(command)
    .addHelpText('after', '\nExample:\n  npm run tools -- attributes --document docs/attributes.md')
    .action(
      act(async (context, options: ReportOptions) => {
        await withEngine(context, options, async (engine) => {
          const { evaluation } = engine.pack.manifest.provenance;
          const data = await readEvaluationData(options.data ?? (await worldSet(evaluation)));
          const scenes = data.scenes.slice(0, options.scenes);
          const pictures: KnownPicture[] = [];
          for (const [index, truth] of scenes.entries()) {
            const measured = await measureAttributes(engine, context, data.image(index), {
              ...options,
              readAlone: true,
              describe: options.captions,
            });
            pictures.push({ ...measured, truth });
            context.output.event({ type: 'scene', done: index + 1, total: scenes.length });
          }
          const rows = truthRows(pictures, data.vocabulary);
          if (options.csv !== undefined) {
            await writeOutputFile(options.csv, attributeTable(rows, undefined, truthColumns(rows)));
          }
          if (options.figure !== undefined) await writeFigure(options.figure, laneChart(rows, pictures.length));
          if (options.document !== undefined) {
            await writeReport(options.document, { pack: engine.pack.id, data, pictures, rows, options });
          }
          printLanes(context, engine, pictures.length, rows);
        });
      }),
    );
}

interface Report {
  pack: string;
  data: EvaluationData;
  pictures: readonly KnownPicture[];
  rows: readonly TruthRow[];
  options: ReportOptions;
}

async function writeReport(
  path: string,
  { pack, data, pictures, rows, options: { scenes, points, captions } }: Report,
): Promise<void> {
  const document = await readFile(path, 'utf8');
  const folder = join(dirname(path), 'figures');
  const readability = readabilityChart(rows, pictures.length);
  const text = reportText({
    pack,
    pictures,
    rows,
    vocabulary: data.vocabulary,
    separation: separation(await readAttributePairs(await siblingSet('attributes', data.name))),
    figures: {
      lanes: 'figures/attribute-lanes.svg',
      readability: readability === null ? null : 'figures/attribute-readability.svg',
    },
    command: `npm run tools -- attributes --scenes ${scenes} --points ${points}${captions ? ' --captions' : ''} --document docs/attributes.md`,
  });
  // The document last: it is whole only with its figures.
  const updated = withMeasurements(document, text);
  await writeOutputFile(join(folder, 'attribute-lanes.svg'), chartSvg(laneChart(rows, pictures.length)));
  if (readability !== null) await writeOutputFile(join(folder, 'attribute-readability.svg'), chartSvg(readability));
  await writeOutputFile(path, updated);
}
