/** The pack's card: pack.json in words, with its measured scores. Written from pack.json alone, so that the two can be compared. */
import type { PackManifest, PackScore } from '../../../shared/pack.js';

const goals: Record<string, string> = {
  'reconstruction.psnr': '≥ 30 dB',
  'textToImage.mean': '≥ 0.95',
  'textToImage.unseen': '≥ 0.90',
  'edit.success': '≥ 0.90',
  'edit.outsideChange': '≤ 3 of 255',
  'edit.fiveInARow': '≥ 0.80',
  'caption.attributeF1': '≥ 0.97',
  'question.accuracy': '≥ 0.97',
  'detector.objects': '≥ 0.99',
};

const labels: Record<string, string> = {
  'reconstruction.psnr': 'Reconstruction, 16 steps',
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
  'edit.fiveInARow': 'Five edits in a row, all right',
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
  ];
  return `${lines.join('\n')}\n`;
}

function scoreSection(scores: readonly PackScore[], evaluation: string | undefined): string[] {
  if (evaluation === undefined) return ['## Scores', '', 'Not measured yet: `npm run eval`.'];
  const order = scores.filter(({ measure }) => measure.startsWith('attributeOrder.'));
  const plain = scores.filter((one) => !order.includes(one));
  return [
    '## Scores',
    '',
    `Measured by \`npm run eval\` through this pack and the studio’s own engine: ${evaluation}. In brackets: 95 % confidence intervals.`,
    '',
    '| measure | score | of | goal |',
    '|---|---|---|---|',
    ...plain.map((one) => `| ${labelOf(one.measure)} | ${valueOf(one)} | ${one.count} | ${goals[one.measure] ?? ''} |`),
    ...(order.length === 0 ? [] : attributeOrderSection(order)),
  ];
}

/** Coarse attributes first. */
function attributeOrderSection(scores: readonly PackScore[]): string[] {
  const names = [...new Set(scores.map(({ measure }) => measure.split('.')[1]!))];
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
  ];
}

function labelOf(measure: string): string {
  const [task, category] = measure.split('.');
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
