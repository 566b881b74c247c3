/** The lanes of scenes whose truth is known: besides what is there, whether a probe and a language model read it right. Pure. */
import { lockInTimestep, type ImageReading } from '../../src/shared/tokens/attributes.js';
import {
  attributeRows,
  type AttributeRow,
  type MeasuredPicture,
  type PaneName,
  type TableColumn,
} from '../../src/main/cli/attribute-curves.js';
import { readability, readableAttributes, type ReadableAttribute } from '../evaluation/judgement.js';
import type { Scene } from '../evaluation/scene.js';
import type { Vocabulary } from '../evaluation/vocabulary.js';
import { captionRow, type CaptionRow } from './caption-curves.js';

export interface KnownPicture extends MeasuredPicture {
  truth: Scene;
}

/** `readable`, `readableAlone`: shares of the pictures whose attribute a probe reads right; absent without a probe. */
export interface TruthRow extends AttributeRow {
  readable?: Record<ReadableAttribute, number>;
  readableAlone?: Record<ReadableAttribute, number>;
  caption?: CaptionRow;
}

/** `world`: the words of the scenes' world, which captions are read with. */
export function truthRows(all: readonly KnownPicture[], world: Vocabulary): TruthRow[] {
  return attributeRows(all).map((row, index) => {
    const readable = rightReadings(all, index, 'restored');
    const readableAlone = rightReadings(all, index, 'alone');
    const caption = captionRow(all, index, world);
    return {
      ...row,
      ...(readable && { readable }),
      ...(readableAlone && { readableAlone }),
      ...(caption && { caption }),
    };
  });
}

/** The columns of the table that only known scenes have. */
export function truthColumns(rows: readonly TruthRow[]): TableColumn<TruthRow>[] {
  const first = rows[0]!;
  const readings = (['readable', 'readableAlone'] as const).flatMap((key) =>
    first[key] === undefined
      ? []
      : readableAttributes.map((name): TableColumn<TruthRow> => [
          `${key === 'readable' ? 'readable' : 'readable_alone'}_${name}`,
          (row) => row[key]![name].toFixed(4),
        ]),
  );
  if (first.caption?.agreement === undefined) return readings;
  return [...readings, ['agreement_caption', ({ caption }) => caption!.agreement!.toFixed(4)]];
}

/** From which t down an attribute is always read right, for each picture; null where it is not even at the smallest t. */
export function readableFrom(
  all: readonly KnownPicture[],
  pane: PaneName,
): Record<ReadableAttribute, (number | null)[]> {
  const known = all.map(({ positions, truth }) =>
    positions.map((one) => ({ t: one.t, right: judged(truth, readingOf(one, pane)) })),
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
  all: readonly KnownPicture[],
  index: number,
  pane: PaneName,
): Record<ReadableAttribute, number> | undefined {
  const right = all.flatMap(({ positions, truth }) => judged(truth, readingOf(positions[index]!, pane)) ?? []);
  if (right.length === 0) return undefined;
  return Object.fromEntries(
    readableAttributes.map((name) => [name, right.filter((one) => one[name]).length / right.length]),
  ) as Record<ReadableAttribute, number>;
}
