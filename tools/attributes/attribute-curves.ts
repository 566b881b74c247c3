/** What `analyze attributes` measures, as numbers: means over pictures at each t, and from where a probe reads what is true. Pure. */
import {
  attributeNames,
  captionText,
  lockInTimestep,
  type AttributeName,
  type AttributeShares,
  type CaptionReading,
  type ImageReading,
} from '../../src/shared/attributes.js';
import type { TimelinePosition } from '../../src/shared/events.js';
import { captionRow, type CaptionRow } from './caption-curves.js';
import { readability, readableAttributes, type ReadableAttribute } from '../evaluation/judgement.js';
import { mean } from '../evaluation/measures.js';
import type { Scene } from '../evaluation/scene.js';

/** One picture's timeline without its pictures; positions in rising or falling order of t, the same t in all. */
export interface MeasuredPicture {
  positions: readonly (Pick<
    TimelinePosition,
    't' | 'visibleTokens' | 'shares' | 'sharesAlone' | 'reading' | 'readingAlone'
  > & { caption?: CaptionReading })[];
  truth?: Scene;
}

export const panes = ['restored', 'alone'] as const;
export type PaneName = (typeof panes)[number];

/** Means over the pictures at one t; what a probe reads only where there is one, whether it is right only with the truth. */
export interface AttributeRow {
  t: number;
  visibleTokens: number;
  restored: AttributeShares;
  alone: AttributeShares;
  /** Shares of the pictures whose attribute is read right. */
  readable?: Record<ReadableAttribute, number>;
  readableAlone?: Record<ReadableAttribute, number>;
  confidence?: ReadingConfidence;
  /** What the language model says, where it was asked. */
  caption?: CaptionRow;
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
    const readable = rightReadings(all, index, 'restored');
    const readableAlone = rightReadings(all, index, 'alone');
    const caption = captionRow(all, index);
    return {
      t,
      visibleTokens,
      restored: meanShares(at.map(({ shares }) => shares)),
      alone: meanShares(at.map(({ sharesAlone }) => sharesAlone)),
      ...(readable && { readable }),
      ...(readableAlone && { readableAlone }),
      ...(readings.length > 0 && { confidence: confidenceOf(readings) }),
      ...(caption && { caption }),
    };
  });
}

/** From which t down an attribute is always read right, for each picture; null where it is not even at the smallest t. */
export function readableFrom(
  all: readonly MeasuredPicture[],
  pane: PaneName,
): Record<ReadableAttribute, (number | null)[]> {
  const known = all.flatMap(({ positions, truth }) =>
    truth === undefined ? [] : [positions.map((one) => ({ t: one.t, right: judged(truth, readingOf(one, pane)) }))],
  );
  return Object.fromEntries(
    readableAttributes.map((name) => [
      name,
      known.map((positions) =>
        lockInTimestep(
          positions.map(({ t, right }) => ({ t, share: right?.[name] === true ? 1 : 0 })),
          1,
          1,
        ),
      ),
    ]),
  ) as Record<ReadableAttribute, (number | null)[]>;
}

/** Comma-separated, one line a t; `picture` adds in words what was read in the one picture there is. */
export function attributeTable(rows: readonly AttributeRow[], picture?: MeasuredPicture): string {
  const first = rows[0]!;
  const columns: [string, (row: AttributeRow, index: number) => string][] = [
    ['t', ({ t }) => t.toFixed(4)],
    ['visible_tokens', ({ visibleTokens }) => String(visibleTokens)],
    ...panes.flatMap((pane) =>
      attributeNames.map((name): [string, (row: AttributeRow) => string] => [
        `${pane}_${name}`,
        (row) => row[pane][name].toFixed(4),
      ]),
    ),
  ];
  for (const key of ['readable', 'readableAlone'] as const) {
    if (first[key] === undefined) continue;
    for (const name of readableAttributes) {
      columns.push([
        `${key === 'readable' ? 'readable' : 'readable_alone'}_${name}`,
        (row) => row[key]![name].toFixed(4),
      ]);
    }
  }
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
    if (first.caption.agreement !== undefined) {
      columns.push(['agreement_caption', ({ caption }) => caption!.agreement!.toFixed(4)]);
    }
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

function readingOf(position: MeasuredPicture['positions'][number], pane: PaneName): ImageReading | undefined {
  return pane === 'restored' ? position.reading : position.readingAlone;
}

function judged(truth: Scene, reading: ImageReading | undefined): Record<ReadableAttribute, boolean> | undefined {
  if (reading === undefined) return undefined;
  const [first, second] = reading.background.colours;
  return readability(truth, {
    background: { kind: reading.background.kind, colours: [first!, second ?? first!] },
    objects: reading.objects,
  });
}

function rightReadings(
  all: readonly MeasuredPicture[],
  index: number,
  pane: PaneName,
): Record<ReadableAttribute, number> | undefined {
  const right = all.flatMap(({ positions, truth }) =>
    truth === undefined ? [] : (judged(truth, readingOf(positions[index]!, pane)) ?? []),
  );
  if (right.length === 0) return undefined;
  return Object.fromEntries(
    readableAttributes.map((name) => [name, right.filter((one) => one[name]).length / right.length]),
  ) as Record<ReadableAttribute, number>;
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
