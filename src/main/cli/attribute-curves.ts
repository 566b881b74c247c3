/** What `analyze attributes` measures, as numbers: means over pictures at each t. Pure. */
import {
  attributeNames,
  captionText,
  lockInTimestep,
  type AttributeName,
  type AttributeShares,
  type CaptionReading,
  type ImageReading,
} from '../../shared/tokens/attributes.js';
import { roundTicks, type Chart, type ChartAxis } from '../../shared/charts/chart.js';
import type { TimelinePosition } from '../../shared/contract/events.js';
import { mean } from '../../shared/mean.js';

/** One picture's timeline without its pictures; positions in rising or falling order of t, the same t in all. */
export interface MeasuredPicture {
  positions: readonly (Pick<
    TimelinePosition,
    't' | 'visibleTokens' | 'shares' | 'sharesAlone' | 'reading' | 'readingAlone'
  > & { caption?: CaptionReading })[];
}

export const panes = ['restored', 'alone'] as const;
export type PaneName = (typeof panes)[number];

/** Means over the pictures at one t; what a probe reads and a language model says only where there is one. */
export interface AttributeRow {
  t: number;
  visibleTokens: number;
  restored: AttributeShares;
  alone: AttributeShares;
  confidence?: ReadingConfidence;
  /** How sure the language model is of what it says, where it was asked. */
  caption?: { confidence: number };
}

/** Means over the readings of the restored panes; `objects` is null where none were found. */
export interface ReadingConfidence {
  background: number;
  objects: number | null;
  objectsFound: number;
}

export function attributeRows(all: readonly MeasuredPicture[]): AttributeRow[] {
  return all[0]!.positions.map(({ t, visibleTokens }, index) => {
    const at = all.map(({ positions }) => positions[index]!);
    const readings = at.flatMap(({ reading }) => reading ?? []);
    const captions = at.flatMap(({ caption }) => caption ?? []);
    return {
      t,
      visibleTokens,
      restored: meanShares(at.map(({ shares }) => shares)),
      alone: meanShares(at.map(({ sharesAlone }) => sharesAlone)),
      ...(readings.length > 0 && { confidence: confidenceOf(readings) }),
      ...(captions.length > 0 && { caption: { confidence: mean(captions.map(({ confidence }) => confidence)) } }),
    };
  });
}

/** From which t on each lane locks in, in each pane; null where it does not. */
export function lockIns(rows: readonly AttributeRow[]): Record<string, number | null> {
  return Object.fromEntries(
    panes.flatMap((pane) =>
      attributeNames.map((name) => [
        `${name} ${pane}`,
        lockInTimestep(rows.map((row) => ({ t: row.t, share: row[pane][name] }))),
      ]),
    ),
  );
}

export const laneColours: Record<AttributeName, string> = {
  background: '#4c8dff',
  layout: '#2fa884',
  colour: '#e8862e',
  shape: '#c77db6',
  texture: '#d6b13a',
};

export const shareAxis = (label: string): ChartAxis => ({ label, from: 0, to: 1, ticks: roundTicks(0, 1, 5) });
export const timeAxis = shareAxis('t (0 = picture, 1 = noise)');

export function laneChart(rows: readonly AttributeRow[], pictures: number): Chart {
  return {
    title: `How much of each attribute is restored, mean of ${pictures} picture${pictures === 1 ? '' : 's'}`,
    x: timeAxis,
    y: shareAxis('share'),
    lines: panes.flatMap((pane) =>
      attributeNames.map((name) => ({
        label: `${name}, ${pane === 'restored' ? 'restored' : 'no tokens'}`,
        colour: laneColours[name],
        dashed: pane === 'alone',
        points: rows.map((row) => [row.t, row[pane][name]] as const),
      })),
    ),
  };
}

/** A column of the table: its name and what stands in a row. */
export type TableColumn<Row> = readonly [name: string, value: (row: Row, index: number) => string];

/**
 * Comma-separated, one line a t. `picture` adds in words what was read in the one picture there is; `judgements` are further columns,
 * before those of what was read.
 */
export function attributeTable<Row extends AttributeRow>(
  rows: readonly Row[],
  picture?: MeasuredPicture,
  judgements: readonly TableColumn<Row>[] = [],
): string {
  const first = rows[0]!;
  const columns: TableColumn<Row>[] = [
    ['t', ({ t }) => t.toFixed(4)],
    ['visible_tokens', ({ visibleTokens }) => String(visibleTokens)],
    ...panes.flatMap((pane) =>
      attributeNames.map((name): TableColumn<Row> => [`${pane}_${name}`, (row) => row[pane][name].toFixed(4)]),
    ),
    ...judgements,
  ];
  if (first.confidence !== undefined) {
    columns.push(
      ['objects_read', ({ confidence }) => confidence!.objectsFound.toFixed(2)],
      ['confidence_objects', ({ confidence }) => confidence!.objects?.toFixed(4) ?? ''],
      ['confidence_background', ({ confidence }) => confidence!.background.toFixed(4)],
    );
    if (picture !== undefined) {
      columns.push(['reading', (_, index) => quoted(readingWords(picture.positions[index]!.reading!))]);
    }
  }
  if (first.caption !== undefined) {
    columns.push(['confidence_caption', ({ caption }) => caption!.confidence.toFixed(4)]);
    if (picture !== undefined) {
      columns.push(['caption', (_, index) => quoted(captionText(picture.positions[index]!.caption!))]);
    }
  }
  const lines = rows.map((row, index) => columns.map(([, value]) => value(row, index)).join(','));
  return `${[columns.map(([name]) => name).join(','), ...lines].join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** `2 objects: large solid red circle top left 97 %; … on plain blue 99 %` */
export function readingWords({ objects, background }: ImageReading): string {
  const percent = (confidence: number): string => `${Math.round(100 * confidence)} %`;
  const named = objects.map(
    ({ size, texture, colour, kind, cell, confidence }) =>
      `${size} ${texture} ${colour} ${kind} ${cell} ${percent(confidence)}`,
  );
  const number = `${objects.length} object${objects.length === 1 ? '' : 's'}`;
  const ground = `on ${background.kind} ${background.colours.join(' and ')} ${percent(background.confidence)}`;
  return `${number}${named.length === 0 ? '' : `: ${named.join('; ')}`} ${ground}`;
}

function confidenceOf(readings: readonly ImageReading[]): ReadingConfidence {
  const objects = readings.flatMap((reading) => reading.objects.map(({ confidence }) => confidence));
  return {
    background: mean(readings.map(({ background }) => background.confidence)),
    objects: objects.length === 0 ? null : mean(objects),
    objectsFound: objects.length / readings.length,
  };
}

function meanShares(shares: readonly (AttributeShares | undefined)[]): AttributeShares {
  return Object.fromEntries(
    attributeNames.map((name: AttributeName) => [name, mean(shares.map((one) => one?.[name] ?? 0))]),
  ) as AttributeShares;
}
