/** The measurements of `attributes` as a chart and as the generated part of docs/attributes.md. Pure. */
import { attributeNames, type AttributeName, type AttributeShares } from '../../src/shared/tokens/attributes.js';
import type { Chart } from '../../src/shared/charts/chart.js';
import { laneColours, shareAxis, timeAxis } from '../../src/main/cli/attribute-curves.js';
import { StudioError } from '../../src/shared/errors.js';
import { confidenceTells } from './caption-curves.js';
import type { TokenTruth } from './token-truth.js';
import { readableFrom, type KnownPicture, type TruthRow } from './truth-curves.js';
import { readableAttributes, type ReadableAttribute } from '../evaluation/judgement.js';
import { quantile } from '../evaluation/measures.js';
import type { Vocabulary } from '../evaluation/vocabulary.js';

export const markers = { begin: '<!-- measured: begin -->', end: '<!-- measured: end -->' } as const;

/** Where the table of the matrix of a pack stands: the document has a place for each pack it speaks of. */
export function matrixMarkers(packName: string): { begin: string; end: string } {
  return { begin: `<!-- matrix ${packName}: begin -->`, end: `<!-- matrix ${packName}: end -->` };
}

/** The lanes' own colours; `kind` takes that of shape, which it is read from, and `size` has no lane. */
const readableColours: Record<ReadableAttribute, string> = { ...laneColours, kind: laneColours.shape, size: '#8a8f99' };

/** Null without a probe, or without truth. */
export function readabilityChart(rows: readonly TruthRow[], pictures: number): Chart | null {
  if (rows[0]?.readable === undefined) return null;
  return {
    title: `How often each attribute is read right, ${pictures} scenes`,
    x: timeAxis,
    y: shareAxis('share of scenes'),
    lines: (['readable', 'readableAlone'] as const).flatMap((key) =>
      readableAttributes.map((name) => ({
        label: `${name}, ${key === 'readable' ? 'restored' : 'no tokens'}`,
        colour: readableColours[name],
        dashed: key === 'readableAlone',
        points: rows.flatMap((row) => (row[key] === undefined ? [] : [[row.t, row[key][name]] as const])),
      })),
    ),
  };
}

export interface AttributeReport {
  pack: string;
  pictures: readonly KnownPicture[];
  rows: readonly TruthRow[];
  /** The words of the scenes' world. */
  vocabulary: Vocabulary;
  /** Shares lost by each lane when one attribute changes. */
  separation: Record<AttributeName, AttributeShares>;
  /** Links from the document to the figures; `readability` null without a probe. */
  figures: { lanes: string; readability: string | null };
  command: string;
}

/** Markdown between the markers. */
export function reportText(report: AttributeReport): string {
  const { pack, pictures, rows, separation, figures, command } = report;
  const smallest = rows.reduce((least, row) => (row.t < least.t ? row : least));
  const largest = rows.reduce((most, row) => (row.t > most.t ? row : most));
  const parts = [
    `Written by \`${command}\`: pack ${pack}, ${pictures.length} scenes, ${rows.length} values of t, one noise.`,
    '### What each lane loses when one attribute changes',
    table(
      ['Changed', ...attributeNames],
      attributeNames.map((changed) => [
        changed,
        ...attributeNames.map((lane) => emphasised(separation[changed][lane], lane === changed)),
      ]),
    ),
    '### How much is there',
    `![Shares of the five lanes over t](${figures.lanes})`,
    table(
      ['Share at t', ...laneTimes(rows).map((row) => row.t.toFixed(2)), `all tokens, ${largest.t.toFixed(2)}`],
      attributeNames.map((name) => [
        `${name}, no tokens`,
        ...laneTimes(rows).map((row) => decimals(row.alone[name])),
        decimals(largest.restored[name]),
      ]),
    ),
  ];
  if (figures.readability !== null) {
    const alone = readableFrom(pictures, 'alone');
    const restored = readableFrom(pictures, 'restored');
    parts.push(
      '### From which t the probe reads it right',
      `![Share of scenes whose attributes are read right over t](${figures.readability})`,
      [
        'The largest t from which down to the smallest measured one an attribute is always read right in every object of a scene:',
        'median and quartiles over the scenes in which it ever is.',
      ].join('\n'),
      table(
        [
          'Attribute',
          'no tokens, from t',
          'scenes',
          'restored, from t',
          'scenes',
          `right at t = ${largest.t.toFixed(2)}, restored`,
        ],
        readableAttributes.map((name) => [
          name,
          ...spread(alone[name]),
          ...spread(restored[name]),
          percent(largest.readable![name]),
        ]),
      ),
      `At t = ${smallest.t.toFixed(2)} the probe reads without tokens: ${readableAttributes
        .map((name) => `${name} ${percent(smallest.readableAlone![name])}`)
        .join(', ')}. Nearly clean pictures: what limits it there is the probe and the decoder, not the noise.`,
    );
  }
  return [...parts, ...captionParts(report)].join('\n\n');
}

function captionParts({ rows, pictures, vocabulary }: AttributeReport): string[] {
  const tells = confidenceTells(pictures, vocabulary);
  const described = rows
    .toSorted((a, b) => a.t - b.t)
    .flatMap(({ t, caption }) => (caption ? [{ t, ...caption }] : []));
  if (tells === null || described.length === 0) return [];
  return [
    '### What the language model says of it',
    'F1 of the attributes that the captions of the restored pane claim and that are true, and the mean confidence.',
    table(
      ['Restored at t', ...described.map(({ t }) => t.toFixed(2))],
      [
        ['attributes, F1', ...described.map(({ agreement }) => decimals(agreement ?? 0))],
        ['confidence', ...described.map(({ confidence }) => decimals(confidence))],
      ],
    ),
    `Captions less confident than the median of ${decimals(tells.at)}: F1 ${decimals(tells.below)}; the others: ${decimals(tells.above)}.`,
  ];
}

export interface TokenTruthFacts {
  pack: string;
  scenes: number;
  /** K. */
  tokens: number;
  command: string;
}

/** The table of `attribute-tokens` as Markdown. */
export function tokenTruthText(
  truth: readonly TokenTruth[],
  { pack, scenes, tokens, command }: TokenTruthFacts,
): string {
  const changes = truth.reduce((sum, row) => sum + row.scenes, 0);
  return [
    `Written by \`${command}\`: pack ${pack}, ${scenes} scenes and ${changes} copies of them that differ in one attribute, K = ${tokens}, one noise.`,
    table(
      [
        'Changed',
        'tokens that differ',
        'a token moves',
        'agreement',
        'with the other changes',
        'in one picture',
        'rows that name a run',
        'of the movement in it',
        'by chance',
      ],
      truth.map((row) => [
        row.attribute,
        percent(row.differing),
        percent(row.moved),
        correlation(row.agreement),
        correlation(row.withOthers),
        correlation(row.inOne),
        percent(row.named),
        row.inside === null ? '–' : percent(row.inside),
        row.byChance === null ? '–' : percent(row.byChance),
      ]),
    ),
    'How far the tokens move, along their order:',
    table(
      ['Changed', 'coarsest eighth', ...Array.from({ length: 6 }, (_, at) => String(at + 2)), 'finest eighth'],
      truth.map(({ attribute, movedAlong }) => [
        attribute,
        ...Array.from({ length: 8 }, (_, at) => (movedAlong[at] === undefined ? '–' : percent(movedAlong[at]))),
      ]),
    ),
  ].join('\n\n');
}

/** The document with the text between its markers replaced. Throws `bad-request` without both markers in order. */
export function withMeasurements(
  document: string,
  text: string,
  between: { begin: string; end: string } = markers,
): string {
  const begin = document.indexOf(between.begin);
  const end = document.indexOf(between.end);
  if (begin === -1 || end < begin) {
    throw new StudioError(
      'bad-request',
      `The document has no place for measurements.`,
      `Put the lines ${between.begin} and ${between.end} where they belong.`,
    );
  }
  return `${document.slice(0, begin + between.begin.length)}\n\n${text}\n\n${document.slice(end)}`;
}

/** Four rows spread over t. */
function laneTimes(rows: readonly TruthRow[]): TruthRow[] {
  const ascending = rows.toSorted((a, b) => a.t - b.t);
  const chosen = [0.3, 0.5, 0.7, 0.9].map((t) =>
    ascending.reduce((nearest, row) => (Math.abs(row.t - t) < Math.abs(nearest.t - t) ? row : nearest)),
  );
  return [...new Set(chosen)];
}

/** `0.62 (0.50 to 0.71)` and how many scenes it speaks of. */
function spread(values: readonly (number | null)[]): [string, string] {
  const known = values.filter((value) => value !== null);
  const share = percent(values.length === 0 ? 0 : known.length / values.length);
  if (known.length === 0) return ['never', share];
  const [low, middle, high] = [0.25, 0.5, 0.75].map((at) => quantile(known, at).toFixed(2));
  return [`${middle} (${low} to ${high})`, share];
}

/** Aligned as the formatter of the repository's documents leaves it. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...lines.map((line) => line[column]!.length)));
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n');
}

function emphasised(value: number, own: boolean): string {
  return own ? `**${decimals(value)}**` : decimals(value);
}

function correlation(value: number | null): string {
  if (value === null) return '–';
  return `${value < 0 ? '−' : ''}${decimals(Math.abs(value))}`;
}

function decimals(value: number): string {
  return value.toFixed(2);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
