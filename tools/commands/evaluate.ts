/** `eval`: the pack's scores, measured through the studio's own engine and written onto its card. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../../src/shared/errors.js';
import type { PackManifest, PackScore } from '../../src/shared/packs/pack.js';
import { applicationPaths } from '../../src/main/application.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import type { CommandContext, Act } from '../../src/main/cli/context.js';
import { withEngines, type EngineSession } from '../../src/main/cli/engine.js';
import { disagreements } from '../evaluation/agreement.js';
import { readEvaluationData, readExampleData, type EvaluationData } from '../evaluation/data.js';
import { openDetector, type Detector } from '../evaluation/detector.js';
import { checkFindings, writeFindings } from '../evaluation/findings.js';
import { checkRecord, readManifest, recordEvaluation, rewriteCard } from '../evaluation/pack-record.js';
import { openRenderer, type OneStepRenderer } from '../evaluation/renderer.js';
import { recordedSet, siblingSet, worldSet } from '../evaluation/sets.js';
import type { Sample, Task, TaskContext, TaskOutcome } from '../evaluation/task.js';
import { attributeOrder } from '../evaluation/tasks/attribute-order.js';
import { edits, iteratedEdits } from '../evaluation/tasks/edits.js';
import { tryExamples, type ExampleOutcome } from '../evaluation/tasks/examples.js';
import { detectorOnTruth, reconstruction, textToImage } from '../evaluation/tasks/pictures.js';
import { captions, questions } from '../evaluation/tasks/understanding.js';
import { workersFor, workersOf } from '../evaluation/workers.js';
import { encodeWorstCases, worstCasesFile, worstCasesSheet } from '../evaluation/worst-cases.js';
import { writeOutputFile } from '../../src/main/cli/files.js';
import { withBestOf, whole, withEngineOptions, type EngineOptions, stepsOption } from '../../src/main/cli/options.js';
import { findPack } from '../../src/main/cli/packs.js';
import { contactSheet } from '../../src/main/cli/sheet/canvas.js';

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
const examplesName = 'examples';
const names = [...tasks.map(({ name }) => name), examplesName];
/** Neither is compared with the card, and both are long. */
const leftOutWhenQuick = [attributeOrder.name, examplesName];
const quickCount = 3;
/** Tasks on the sheet of worst cases, in its order. */
const shownTasks = [reconstruction, textToImage, edits, captions, questions].map(({ name }) => name);

interface EvaluateOptions extends EngineOptions {
  data?: string;
  examples?: string;
  detector?: string;
  steps?: number;
  bestOf?: number;
  workers?: number;
  only?: string[];
  every?: number;
  quick: boolean;
  check: boolean;
  rewrite: boolean;
  folder: string;
}

export function addEvaluate(program: Command, act: Act): void {
  const command = program
    .command('eval')
    .description("measure a pack's scores and write them into its pack.json and onto its card")
    .option('--data <file.json>', 'evaluation data (default: the set the pack was measured with, else the newest)')
    .option('--examples <file.json>', 'candidates for example texts (default: those of the same world as the data)')
    .option('--detector <file.onnx>', "the judge (default: the pack's probe graph)")
    .addOption(stepsOption())
    .option(
      '--workers <n>',
      'engines side by side, on the CPU or on servers (default: one a core, and one for each of up to four servers)',
      whole({ smallest: 1, largest: 64 }),
    )
    .option('--only <tasks...>', `only these: ${names.map((name) => `"${name}"`).join(', ')}`)
    .option('--quick', 'a few of everything, compared with the card and written nowhere but to --out', false)
    .option(
      '--every <n>',
      'only every n-th record of each list; counts and intervals say how few that are',
      whole({ smallest: 1, largest: 10 }),
    )
    .option('--check', 'measure nothing; fail when the pack, its scores and its card disagree', false)
    .option('--rewrite', 'measure nothing; write the card anew from the scores in pack.json', false)
    .option('--folder <folder>', 'where contact sheets and the full JSON go', join('.bench', 'evaluation'))
    .addHelpText(
      'after',
      '\nWith --remote only encoder, decoder and VAE run on the servers; what judges their pictures stays here.' +
        '\nSeveral servers draw side by side, and one that dies on the way costs no picture (docs/remote.md).' +
        '\n\nExample:\n  npm run eval -- --quick' +
        '\n  npm run eval -- --quick --remote https://gpu-box:8000 --remote https://gpu-box-2:8000',
    );
  withEngineOptions(withBestOf(command)).action(
    act(async (context, options: EvaluateOptions) => {
      if (options.only !== undefined && !options.only.every((name) => names.includes(name)))
        command.error(`error: --only names no task; there are ${names.join(', ')}`);
      if (options.check) await check(context, options);
      else if (options.rewrite) await rewrite(context, options);
      else await evaluate(context, options);
    }),
  );
}

async function check({ output }: CommandContext, options: EvaluateOptions): Promise<void> {
  const directory = await findPack(options.pack);
  const manifest = await checkRecord(directory);
  await checkFindings(manifest, { root: applicationPaths().root, directory });
  const { provenance } = manifest;
  // Scores of a set that is no longer there cannot be measured again.
  await readEvaluationData(options.data ?? (await worldSet(provenance.evaluation)));
  output.result(`${directory}: graphs, scores and card agree (${provenance.evaluation})`, { directory, provenance });
}

async function rewrite({ output }: CommandContext, options: EvaluateOptions): Promise<void> {
  const directory = await findPack(options.pack);
  const manifest = await rewriteCard(directory);
  await writeFindings(manifest, { root: applicationPaths().root, directory });
  output.result(`${directory}: card written anew`, { directory });
}

async function evaluate(context: CommandContext, options: EvaluateOptions): Promise<void> {
  const workers = workersFor(options, availableParallelism());
  const engineOptions = { ...options, threads: options.threads ?? 1 };
  await withEngines(context, engineOptions, workers, async (engines) => {
    const { pack } = engines[0]!;
    const recorded = await readManifest(pack.directory);
    const { evaluation } = recorded.provenance;
    const data = await readEvaluationData(options.data ?? (await worldSet(evaluation)));
    const examples = await readExampleData(options.examples ?? (await siblingSet('examples', data.name)));
    // A pack that contradicts itself needs no measuring to be refused.
    if (options.quick && evaluation !== undefined) await checkRecord(pack.directory);
    const steps = options.steps ?? recorded.diffusion.defaultSteps;
    const bestOf = options.bestOf ?? 1;
    const run = await measure(context, options, {
      engine: workersOf(engines),
      data,
      detector: await detectorOf(engines[0]!, data, options),
      renderer: await rendererOf(engines[0]!, options),
      steps,
      bestOf,
      take: (items, whenQuick = quickCount) =>
        options.quick ? items.slice(0, whenQuick) : items.filter((_, index) => index % (options.every ?? 1) === 0),
      // People see the examples: all candidates are tried.
      tryExamples: (taskContext) =>
        tryExamples(options.quick ? taskContext : { ...taskContext, take: (items) => [...items] }, examples),
    });
    const title = `${pack.id}: where it fails`;
    const worstCases = encodeWorstCases(worstCasesSheet(title, run.sheets));
    await writeOutputFile(join(options.folder, worstCasesFile), worstCases);
    const { scores, notDone } = run;
    const report = { pack: pack.id, data: data.name, steps, bestOf, quick: options.quick, scores, notDone };
    await writeOutputFile(join(options.folder, 'scores.json'), `${JSON.stringify(report, null, 2)}\n`);
    if (options.quick) {
      compare(context, recorded.provenance, report);
    } else if (options.only === undefined && bestOf === 1) {
      const record = { scores, dataName: data.name, worstCases };
      const chosen = run.examples === null ? {} : { examples: run.examples.chosen };
      const manifest = await recordEvaluation(pack.directory, { ...record, ...chosen });
      await writeFindings(manifest, { root: applicationPaths().root, directory: pack.directory });
      context.output.result(`Scores, card and worst cases written into ${pack.directory}`, report);
    } else {
      context.output.result(
        'Not recorded in the pack: it was measured in part, or with other settings than its own.',
        report,
      );
    }
  });
}

async function detectorOf({ pack }: EngineSession, set: EvaluationData, options: EvaluateOptions): Promise<Detector> {
  const threads = options.threads ?? 1;
  if (options.detector !== undefined) return openDetector(options.detector, { threads, set });
  const graph = pack.manifest.graphs.probe;
  const own = graph === undefined ? null : join(pack.directory, graph);
  if (own !== null && existsSync(own)) return openDetector(own, { threads, set, packFolder: pack.directory });
  const trained = join(applicationPaths().root, 'training', 'runs', 'detector', 'probe.onnx');
  return openDetector(trained, { threads, set });
}

async function rendererOf({ pack }: EngineSession, options: EvaluateOptions): Promise<OneStepRenderer | null> {
  const graph = pack.manifest.graphs.renderer;
  return graph === undefined ? null : openRenderer(join(pack.directory, graph), pack.manifest, options.threads ?? 1);
}

interface Measured {
  scores: PackScore[];
  /** Tasks this pack cannot do. */
  notDone: string[];
  sheets: { task: string; samples: Sample[] }[];
  examples: ExampleOutcome | null;
}

async function measure(
  { output }: CommandContext,
  options: EvaluateOptions,
  base: Omit<TaskContext, 'progress'> & { tryExamples: (context: TaskContext) => Promise<ExampleOutcome> },
): Promise<Measured> {
  const measured: Measured = { scores: [], notDone: [], sheets: [], examples: null };
  const isChosen = (name: string): boolean =>
    options.only?.includes(name) ?? !(options.quick && leftOutWhenQuick.includes(name));
  const timed = async <Outcome extends TaskOutcome>(
    name: string,
    run: (context: TaskContext) => Promise<Outcome | null>,
  ): Promise<Outcome | null> => {
    const started = Date.now();
    const outcome = await run({
      ...base,
      progress: (done, total) => output.event({ type: 'evaluating', task: name, done, total }),
    });
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    output.note(`${name}: ${outcome === null ? 'this pack cannot do it' : `${seconds} s`}`);
    if (outcome === null) {
      measured.notDone.push(name);
      return null;
    }
    measured.scores.push(...outcome.scores);
    for (const { measure, value, unit, interval, count } of outcome.scores) {
      const range = interval === undefined ? '' : ` [${interval.join(', ')}]`;
      output.note(`  ${measure} ${value} ${unit} (${count})${range}`);
    }
    await writeSheets(options.folder, name, outcome.samples);
    return outcome;
  };
  for (const task of tasks.filter(({ name }) => isChosen(name))) {
    const outcome = await timed(task.name, task.run);
    if (outcome !== null && shownTasks.includes(task.name)) {
      measured.sheets.push({ task: task.name, samples: outcome.samples });
    }
  }
  if (isChosen(examplesName)) measured.examples = await timed(examplesName, base.tryExamples);
  return measured;
}

/** Throws `pack-damaged` when the card cannot be this pack's. */
function compare(
  { output }: CommandContext,
  { evaluation, scores: card }: PackManifest['provenance'],
  report: { data: string; scores: PackScore[] } & Record<string, unknown>,
): void {
  if (evaluation === undefined) {
    output.result('The pack has never been measured, so there is no card to compare with.', report);
    return;
  }
  if (recordedSet(evaluation) !== report.data) {
    output.result(`The card was measured with ${recordedSet(evaluation)}: nothing of ${report.data} compares.`, report);
    return;
  }
  const found = disagreements(card, report.scores);
  if (found.length === 0) {
    output.result('The quick scores agree with the card.', report);
    return;
  }
  throw new StudioError(
    'pack-damaged',
    `The pack does not do what its card says: ${found.join('; ')}.`,
    'Find what changed since it was measured (engine, graphs, data), or measure it anew: npm run eval',
  );
}

/** A fair sample (evenly spread) and the failures, 24 pictures each. */
async function writeSheets(folder: string, task: string, samples: readonly Sample[]): Promise<void> {
  const stride = Math.max(1, Math.floor(samples.length / 24));
  const fair = samples.filter((_, index) => index % stride === 0).slice(0, 24);
  const missed = samples.filter(({ failures }) => failures.length > 0).slice(0, 24);
  for (const [kind, chosen] of [['samples', fair] as const, ['missed', missed] as const]) {
    if (chosen.length === 0) continue;
    const cells = chosen.map(({ image, asked, failures, group }) => ({
      image,
      captions: [asked, failures.length === 0 ? group : failures.join('; ')],
    }));
    const sheet = contactSheet(cells, { columns: 6, title: `${task}: ${kind}, ${cells.length} of ${samples.length}` });
    await writeOutputFile(join(folder, `${task.replaceAll(' ', '-')}-${kind}.png`), encodePng(sheet));
  }
}
