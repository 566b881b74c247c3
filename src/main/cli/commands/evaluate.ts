/** `eval`: the pack's scores, measured through the studio's own engine and written onto its card. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { applicationPaths } from '../../application.js';
import { encodePng } from '../../storage/images.js';
import { withEngine } from '../engine.js';
import { readEvaluationData } from '../evaluation/data.js';
import { openDetector } from '../evaluation/detector.js';
import { checkRecord, recordEvaluation } from '../evaluation/pack-record.js';
import type { Sample, Task, TaskOutcome } from '../evaluation/task.js';
import { attributeOrder } from '../evaluation/tasks/attribute-order.js';
import { edits, iteratedEdits } from '../evaluation/tasks/edits.js';
import { detectorOnTruth, reconstruction, textToImage } from '../evaluation/tasks/pictures.js';
import { captions, questions } from '../evaluation/tasks/understanding.js';
import { writeOutputFile } from '../files.js';
import { whole, withEngineOptions, type EngineOptions } from '../options.js';
import { findPack } from '../packs.js';
import type { Act } from '../program.js';
import { contactSheet } from '../sheet/canvas.js';

const tasks: Task[] = [
  detectorOnTruth,
  reconstruction,
  textToImage,
  edits,
  iteratedEdits,
  captions,
  questions,
  attributeOrder,
];
const quickCount = 8;

interface EvaluateOptions extends EngineOptions {
  data: string;
  detector?: string;
  steps: number;
  only?: string[];
  quick: boolean;
  check: boolean;
  out: string;
}

export function addEvaluate(program: Command, act: Act): void {
  const command = program
    .command('eval')
    .description("measure a pack's scores and write them into its pack.json and onto its card")
    .option(
      '--data <file.json>',
      'evaluation data',
      join(applicationPaths().root, 'resources', 'evaluation', 'world-v1.json'),
    )
    .option('--detector <file.onnx>', "the judge (default: the pack's probe graph)")
    .option('--steps <n>', 'Euler steps of every restoration', whole(1, 200), 16)
    .option('--only <tasks...>', `only these: ${tasks.map(({ name }) => `"${name}"`).join(', ')}`)
    .option('--quick', `${quickCount} of everything, written nowhere but to --out`, false)
    .option('--check', 'measure nothing; fail when the pack, its scores and its card disagree', false)
    .option('--out <folder>', 'where contact sheets and the full JSON go', join('.bench', 'evaluation'))
    .addHelpText('after', '\nExample:\n  ddt-studio eval --quick');
  withEngineOptions(command).action(
    act(async (context, options: EvaluateOptions) => {
      const { output } = context;
      if (options.check) {
        const directory = await findPack(options.pack);
        const { provenance } = await checkRecord(directory);
        output.result(`${directory}: graphs, scores and card agree (${provenance.evaluation})`, {
          directory,
          provenance,
        });
        return;
      }
      const chosen = tasks.filter(({ name }) => options.only === undefined || options.only.includes(name));
      if (chosen.length === 0)
        command.error(`error: --only names no task; there are ${tasks.map(({ name }) => name).join(', ')}`);
      const data = await readEvaluationData(options.data);
      await withEngine(context, options, async (engine) => {
        const graph = engine.pack.manifest.graphs.probe;
        const detector = await openDetector(
          options.detector ??
            (graph === undefined || !existsSync(join(engine.pack.directory, graph))
              ? join(applicationPaths().root, 'training', 'runs', 'detector', 'probe.onnx')
              : join(engine.pack.directory, graph)),
          options.threads ?? 2,
        );
        const outcomes: { name: string; outcome: TaskOutcome | null }[] = [];
        for (const task of chosen) {
          const started = Date.now();
          const outcome = await task.run({
            engine,
            data,
            detector,
            steps: options.steps,
            take: (items) => (options.quick ? items.slice(0, quickCount) : [...items]),
            progress: (done, total) => output.event({ type: 'evaluating', task: task.name, done, total }),
          });
          const seconds = ((Date.now() - started) / 1000).toFixed(0);
          output.note(`${task.name}: ${outcome === null ? 'this pack cannot do it' : `${seconds} s`}`);
          for (const { measure, value, unit, interval, count } of outcome?.scores ?? []) {
            output.note(
              `  ${measure} ${value} ${unit} (${count})${interval === undefined ? '' : ` [${interval.join(', ')}]`}`,
            );
          }
          if (outcome !== null) await writeSheets(options.out, task.name, outcome.samples);
          outcomes.push({ name: task.name, outcome });
        }
        const scores = outcomes.flatMap(({ outcome }) => outcome?.scores ?? []);
        const notDone = outcomes.filter(({ outcome }) => outcome === null).map(({ name }) => name);
        const report = {
          pack: engine.pack.id,
          data: data.name,
          steps: options.steps,
          quick: options.quick,
          scores,
          notDone,
        };
        await writeOutputFile(join(options.out, 'scores.json'), `${JSON.stringify(report, null, 2)}\n`);
        const everything = !options.quick && options.only === undefined;
        if (everything) await recordEvaluation(engine.pack.directory, scores, data.name);
        output.result(
          everything
            ? `Scores and card written into ${engine.pack.directory}`
            : `Not recorded in the pack: only a part was measured.`,
          report,
        );
      });
    }),
  );
}

/** A fair sample (evenly spread) and the worst cases, 24 pictures each. */
async function writeSheets(folder: string, task: string, samples: readonly Sample[]): Promise<void> {
  const stride = Math.max(1, Math.floor(samples.length / 24));
  const fair = samples.filter((_, index) => index % stride === 0).slice(0, 24);
  const missed = samples.filter(({ success }) => !success).slice(0, 24);
  for (const [kind, chosen] of [['samples', fair] as const, ['missed', missed] as const]) {
    if (chosen.length === 0) continue;
    const sheet = contactSheet(chosen, {
      columns: 6,
      title: `${task}: ${kind}, ${chosen.length} of ${samples.length}`,
    });
    await writeOutputFile(join(folder, `${task.replaceAll(' ', '-')}-${kind}.png`), encodePng(sheet));
  }
}
