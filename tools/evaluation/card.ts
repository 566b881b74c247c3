/** The pack's card: pack.json in words, with its measured scores. Written from pack.json alone, so that the two can be compared. */
import { allWork, ratedExamples, workingShare, type RatedExample } from '../../src/shared/packs/examples.js';
import type { PackManifest, PackScore } from '../../src/shared/packs/pack.js';
import { worstCasesFile } from './worst-cases.js';

const goals: Record<string, string> = {
  'reconstruction.psnr': '≥ 30 dB',
  'reconstruction.objects': '≥ 0.97',
  'textToImage.mean': '≥ 0.95',
  'textToImage.unseen': '≥ 0.90',
  'edit.success': '≥ 0.90',
  'edit.outsideChange': '≤ 0.5 of 255',
  'edit.fiveInARow': '≥ 0.80',
  'caption.attributeF1': '≥ 0.99',
  'question.accuracy': '≥ 0.97',
  'detector.objects': '≥ 0.995',
};

const labels: Record<string, string> = {
  'reconstruction.psnr': 'Reconstruction, 16 steps',
  'reconstruction.oneStep': 'Reconstruction, the decoder in a single step',
  'reconstruction.objects': 'Objects with every attribute right after tokens and back',
  'reconstruction.objectsOneStep': '– with the decoder in a single step',
  'reconstruction.renderer': 'Reconstruction, the one-step renderer of live previews',
  'textToImage.mean': 'Text to image, mean of the six categories',
  'textToImage.oneObject': '– one object',
  'textToImage.twoObjects': '– two objects',
  'textToImage.counting': '– counting',
  'textToImage.colours': '– colours',
  'textToImage.position': '– position',
  'textToImage.attributeBinding': '– attribute binding',
  'textToImage.unseen': 'Text to image, combinations never trained on',
  'edit.success': 'Edits that succeed',
  'edit.outsideChange': 'Mean change outside the edited object',
  'edit.wholeSuccess': 'Edits that succeed when the whole picture is taken, not only the region that changes',
  'edit.wholeOutsideChange': '– mean change outside the edited object',
  'edit.fiveInARow': 'Five edits in a row, all right',
  'edit.whole.fiveInARow': 'Five edits in a row, all right, the whole picture taken each time',
  'caption.attributeF1': 'Captions, F1 over attributes',
  'caption.allRight': 'Captions without any mistake',
  'question.accuracy': 'Questions answered rightly',
  'detector.objects': 'The judge itself: true objects read with every attribute',
  'detector.scenes': 'The judge itself: true scenes read without any mistake',
};

export function renderCard(manifest: PackManifest): string {
  const { provenance, tokens, image } = manifest;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [
    `# ${manifest.name} ${manifest.version}`,
    '',
    manifest.description,
    '',
    ...manifest.canDraw.map((line) => `- ${line}`),
    '',
    `| | |`,
    `|---|---|`,
    `| picture | ${image.width} × ${image.height} RGB |`,
    `| tokens | ${tokens.count} of ${tokens.codebookSize} codes each, written ${tokens.generationOrder.replaceAll('-', ' ')} |`,
    `| parameters | ${Object.entries(manifest.parameters)
      .map(([name, count]) => `${name} ${(count / 1e6).toFixed(1)} M`)
      .join(', ')} |`,
    `| weights | ${manifest.precision}, ${(bytes / 2 ** 20).toFixed(1)} MiB in all |`,
    `| licence | ${manifest.license} |`,
    `| trained with | ${provenance.recipe} |`,
    `| data | ${provenance.data} |`,
    `| seed, date | ${provenance.seed}, ${provenance.date} |`,
    '',
    ...scoreSection(provenance.scores, provenance.evaluation),
    ...exampleSection(manifest),
    ...worstCasesSection(manifest, worstCasesFile),
  ];
  return `${lines.join('\n')}\n`;
}

function scoreSection(scores: readonly PackScore[], evaluation: string | undefined): string[] {
  if (evaluation === undefined) return ['## Scores', '', 'Not measured yet: `npm run eval`.'];
  return [
    '## Scores',
    '',
    `Measured by \`npm run eval\` through this pack and the studio’s own engine: ${evaluation}. In brackets: 95 % confidence intervals.`,
    '',
    ...scoreTable(scores.filter(({ measure }) => !/^(attributeOrder|example)\./.test(measure))),
    ...attributeOrderSection(scores),
  ];
}

/** Markdown lines: measure, score with interval, number of samples, the goal where one was set. */
export function scoreTable(scores: readonly PackScore[]): string[] {
  return [
    '| measure | score | of | goal |',
    '|---|---|---|---|',
    ...scores.map(
      (one) => `| ${labelOf(one.measure)} | ${valueOf(one)} | ${one.count} | ${goals[one.measure] ?? ''} |`,
    ),
  ];
}

const exampleHeadings = { prompts: 'prompt', instructions: 'instruction', questions: 'question' } as const;

/** Markdown lines; none when no example was measured. */
export function exampleSection(manifest: Pick<PackManifest, 'examples' | 'provenance'>): string[] {
  const kinds = (['prompts', 'instructions', 'questions'] as const)
    .map((kind) => ({ kind, examples: ratedExamples(manifest, kind).filter(({ rate }) => rate !== null) }))
    .filter(({ examples }) => examples.length > 0);
  if (kinds.length === 0) return [];
  return [
    '',
    '## Examples',
    '',
    'What the studio offers at a click, chosen by trying a fixed list of candidates with several seeds or pictures each, none of which belongs to the test data.',
    ...kinds.flatMap(({ kind, examples }) => [
      '',
      ...shortfall(manifest, kind, examples),
      `| ${exampleHeadings[kind]} | came out right |`,
      '|---|---|',
      ...examples.map(({ text, rate, trials }) => `| ${text} | ${Math.round(rate! * trials)} of ${trials} |`),
    ]),
  ];
}

/** Said above the table when not everything in it works. */
function shortfall(
  { provenance }: Pick<PackManifest, 'provenance'>,
  kind: keyof typeof exampleHeadings,
  examples: readonly RatedExample[],
): string[] {
  if (allWork(examples)) return [];
  const tried = provenance.scores.filter(({ measure }) => measure.startsWith(`example.${kind}.`));
  const working = tried.filter(({ value }) => value >= workingShare).length;
  const bar = `${Math.round(workingShare * 100)} % of their trials`;
  return [
    working === 0
      ? `**None of the ${tried.length} candidate ${kind} comes out right in ${bar}; these come nearest.**`
      : `Only ${working} of the ${tried.length} candidate ${kind} come out right in ${bar}; the others here come nearest.`,
    '',
  ];
}

/** Markdown lines; none when the pack has no such sheet. `path` is relative to the document. */
export function worstCasesSection(manifest: Pick<PackManifest, 'files'>, path: string): string[] {
  if (!manifest.files.some((file) => file.path === worstCasesFile)) return [];
  return [
    '',
    '## Worst cases',
    '',
    'The worst failures of this evaluation, not a fair sample: what was asked for, what the judge read in the picture, and where the two part.',
    '',
    `![Worst cases: pictures beside what was asked for and what came out](${path})`,
  ];
}

/** Markdown lines, coarse attributes first; none when the order was not measured. */
export function attributeOrderSection(all: readonly PackScore[]): string[] {
  const scores = all.filter(({ measure }) => measure.startsWith('attributeOrder.'));
  if (scores.length === 0) return [];
  const ofAttributes = scores.filter(({ measure }) => measure.split('.').length === 3);
  const names = [...new Set(ofAttributes.map(({ measure }) => measure.split('.')[1]!))];
  const value = (name: string, part: string): number | undefined =>
    scores.find(({ measure }) => measure === `attributeOrder.${name}.${part}`)?.value;
  const rows = names
    .map((name) => ({
      name,
      median: value(name, 'median'),
      low: value(name, 'lowerQuartile'),
      high: value(name, 'upperQuartile'),
    }))
    .sort((a, b) => (b.median ?? -1) - (a.median ?? -1));
  return [
    '',
    '### Which tokens carry what',
    '',
    'The t of the token from which on an attribute is readable when a picture is restored from ever more of its coarse tokens: 1 = the coarsest tokens carry it, 0 = it needs the finest.',
    '',
    '| attribute | median t | quartiles | pictures in which it becomes readable |',
    '|---|---|---|---|',
    ...rows.map(({ name, median, low, high }) =>
      median === undefined
        ? `| ${name} | – | – | ${percent(value(name, 'readable') ?? 0)} |`
        : `| ${name} | ${median.toFixed(2)} | ${low!.toFixed(2)} – ${high!.toFixed(2)} | ${percent(value(name, 'readable') ?? 0)} |`,
    ),
    ...orderInShort(scores),
  ];
}

/** What the table should say in two numbers, beside what is wanted of them; none for older evaluations. */
function orderInShort(scores: readonly PackScore[]): string[] {
  const value = (name: string): number | undefined =>
    scores.find(({ measure }) => measure === `attributeOrder.${name}`)?.value;
  const [apart, readable] = [value('leastApart'), value('leastReadable')];
  if (readable === undefined) return [];
  const medians =
    apart === undefined
      ? 'Not every attribute becomes readable at all'
      : `Neighbouring medians of background, layout, colour, kind and texture are at least ${apart.toFixed(2)} apart (wanted: ≥ 0.10)`;
  return ['', `${medians}; each becomes readable in at least ${percent(readable)} of the pictures (wanted: ≥ 95 %).`];
}

function labelOf(measure: string): string {
  const [task, category, part] = measure.split('.');
  if (task === 'edit' && category === 'whole') return labels[measure] ?? `– ${part}, the whole picture taken`;
  return labels[measure] ?? (task === 'edit' || task === 'question' ? `– ${category}` : measure);
}

function valueOf({ value, unit, interval }: PackScore): string {
  const digits = unit === 'share' || unit === 'F1' ? 3 : 2;
  const suffix = unit === 'share' || unit === 'F1' ? '' : ` ${unit}`;
  const range = interval === undefined ? '' : ` [${interval[0].toFixed(digits)}, ${interval[1].toFixed(digits)}]`;
  return `${value.toFixed(digits)}${suffix}${range}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
