/** The sentences of the panel that carry numbers. */
import {
  attributeNames,
  captionText,
  lockInShare,
  lockInTimestep,
  type AttributeName,
  type AttributeShares,
  type CaptionReading,
  type ImageReading,
  type LanePoint,
} from '../../shared/tokens/attributes.js';
import type { TokenRange, TokenSchedule } from '../../shared/tokens/tokens.js';
import type { Residence } from '../../shared/tokens/attribute-matrix.js';
import type { TimelineObstacle } from '../state/timeline/timeline-source.js';

const subscripts = '₀₁₂₃₄₅₆₇₈₉';

/** V₁…V_K: prose counts tokens from 1. */
export function tokenName(index: number): string {
  return `V${String(index + 1).replace(/\d/g, (digit) => subscripts[Number(digit)]!)}`;
}

/** Two decimals: the panes change with t more finely than anyone reads it. */
export function formatTime(t: number): string {
  return t.toFixed(2);
}

/** A token's span of t, coarse end first; three decimals where many tokens share a hundredth. */
export function formatSpan({ from, to }: { from: number; to: number }, count: number): string {
  const digits = count > 64 ? 3 : 2;
  return `${to.toFixed(digits)} to ${from.toFixed(digits)}`;
}

/** Where a spatial token stands, counted from the top left; null for timestep tokens, which have no place. */
export function cellName(schedule: TokenSchedule, index: number): string | null {
  if (schedule.kind !== 'raster') return null;
  return `row ${Math.floor(index / schedule.columns) + 1}, column ${(index % schedule.columns) + 1}`;
}

/** The spoken value of the slider, with what is restored there where it was measured, and what is read there, if anything. */
export function spokenTime(
  t: number,
  visible: number,
  count: number,
  shares?: AttributeShares,
  reading: string = '',
): string {
  const spoken = [`at t ${formatTime(t)}, ${visible} of ${tokenCount(count)} in use`];
  if (shares !== undefined) {
    spoken.push(attributeNames.map((name) => `${name} restored ${formatShare(shares[name])}`).join(', '));
  }
  if (reading !== '') spoken.push(reading);
  return spoken.join('; ');
}

/** Whole per cent of what a picture can have. */
export function formatShare(share: number): string {
  return `${Math.round(100 * Math.min(1, Math.max(0, share)))} %`;
}

/** What of a picture an encoder of this shape sees; empty where it sees all of it. Sizes in pixels. */
export function seenPart(picture: { width: number; height: number }, seen: { width: number; height: number }): string {
  const width = Math.max(1, Math.round(Math.min(picture.width, (picture.height * seen.width) / seen.height)));
  const height = Math.max(1, Math.round(Math.min(picture.height, (picture.width * seen.height) / seen.width)));
  if (width === picture.width && height === picture.height) return '';
  return `The model sees the middle ${width} × ${height} of ${picture.width} × ${picture.height} pixels.`;
}

/** The finest token of many stands so close to clean that its t would be written as that of the clean picture. */
function isNearlyClean(t: number): boolean {
  return formatTime(t) === formatTime(0);
}

/** Whether a lane reaches what counts as restored and keeps it down to clean; where not, what it does instead. */
export function lockInWords(points: readonly LanePoint[]): string {
  const locked = lockInTimestep(points);
  if (locked !== null) {
    return isNearlyClean(locked)
      ? `${formatShare(lockInShare)} only just above t 0`
      : `${formatShare(lockInShare)} from t ${formatTime(locked)} to clean`;
  }
  const restored = points.filter(({ t }) => t > 0);
  const best = restored.reduce((most, { share }) => Math.max(most, share), 0);
  if (best < lockInShare) return `${formatShare(best)} at most`;
  const dip = restored.reduce((least, point) => (point.share < least.share ? point : least));
  const where = isNearlyClean(dip.t) ? 'just above t 0' : `at t ${formatTime(dip.t)}`;
  return `falls to ${formatShare(dip.share)} ${where}`;
}

/** One thing the probe reads, with how sure it is, 0…1; null where that is not said. */
export interface ReadPhrase {
  words: string;
  confidence: number | null;
}

/** What the probe sees: the background, how many objects, then the `most` surest of them. */
export function readingPhrases({ background, objects }: ImageReading, most = 3, surest = 0.5): ReadPhrase[] {
  const sure = objects.filter(({ confidence }) => confidence >= surest);
  const count = sure.length === 0 ? 'no object' : sure.length === 1 ? '1 object' : `${sure.length} objects`;
  return [
    { words: `${background.kind} background, ${background.colours.join(' and ')}`, confidence: background.confidence },
    { words: count, confidence: null },
    ...sure.slice(0, most).map(({ size, texture, colour, kind, cell, confidence }) => ({
      words: [size, texture === 'solid' ? '' : texture, colour, `${kind},`, cell]
        .filter((word) => word !== '')
        .join(' '),
      confidence,
    })),
  ];
}

/** A word of a caption less likely than this is marked. */
export const unsureBelow = 0.5;

/** What the language model says, as one sentence for ears and narrow places. */
export function spokenCaption(caption: CaptionReading): string {
  const said = caption.words.length === 0 ? 'nothing' : captionText(caption);
  return `the language model reads: ${said}, ${formatProbability(caption.confidence)} sure`;
}

export function spokenReading(reading: ImageReading): string {
  return `the probe reads: ${phrasesInLine(reading)}`;
}

/** The phrases of a probe's reading, each with how sure it is, in one line. */
export function phrasesInLine(reading: ImageReading): string {
  return readingPhrases(reading)
    .map(({ words, confidence }) => (confidence === null ? words : `${words} ${formatProbability(confidence)}`))
    .join('; ');
}

export function tokenCount(tokens: number): string {
  return tokens === 1 ? '1 token' : `${tokens} tokens`;
}

export function visibleTokens(visible: number): string {
  if (visible === 0) return 'no tokens';
  return visible === 1 ? tokenName(0) : `${tokenName(0)}…${tokenName(visible - 1)}`;
}

/** V₃, or V₃…V₇, fine end first as the visible ones are written. */
export function rangeName({ from, to }: TokenRange): string {
  return from === to ? tokenName(from) : `${tokenName(from)}…${tokenName(to)}`;
}

/** What one picture of the build-up film shows. */
export function filmPictureName(tokens: number, count: number): string {
  if (tokens === 0) return 'Pure noise, no token yet';
  if (tokens === count) return `All ${tokenCount(count)}`;
  return tokens === 1 ? 'The coarsest token' : `The ${tokens} coarsest tokens`;
}

/** What is read in a picture of the film that was not before; empty where nothing is, or nobody reads. */
export function filmGainWords(gains: readonly string[] | null): string {
  return (gains ?? []).map((gain) => `+ ${gain}`).join(' ');
}

/** At the head of a row. */
export function attributeTitle(name: AttributeName): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** Where an attribute lives, at the end of its row. */
export function residenceWords(residence: Residence): string {
  switch (residence.kind) {
    case 'run':
      return `${rangeName(residence.run)} · ${formatShare(residence.lost)}`;
    case 'peak':
      return `most ${rangeName(residence.run)} · ${formatShare(residence.lost)}`;
    case 'spread':
      return 'spread over all';
    case 'shared':
      return 'no one alone';
  }
}

/** The same as a sentence. */
export function residenceSentence(name: AttributeName, residence: Residence): string {
  const subject = attributeTitle(name);
  if (residence.kind === 'shared') {
    return `${subject}: no token by itself is missed, the others stand in for it.`;
  }
  if (residence.kind === 'spread') {
    return `${subject} is spread over all tokens: no half of them or less, side by side, carries most of it.`;
  }
  const { run, lost } = residence;
  const without = run.from === run.to ? 'it' : 'them';
  if (residence.kind === 'peak') {
    return `${subject} is spread over the tokens, more at ${rangeName(run)} than at any other: without ${without} alone, ${formatShare(lost)} of it is lost; no half of the tokens or less, side by side, carries most of it.`;
  }
  return `${subject} ← ${rangeName(run)}: without ${without}, ${formatShare(lost)} of it is lost.`;
}

/** Where a person points, in words of the nine places. */
export function placeName({ x, y }: { x: number; y: number }): string {
  const across = ['left', 'centre', 'right'][Math.min(2, Math.floor(x * 3))]!;
  const down = ['top', 'middle', 'bottom'][Math.min(2, Math.floor(y * 3))]!;
  return down === 'middle' ? (across === 'centre' ? 'the centre' : `the ${across}`) : `the ${down} ${across}`;
}

/** A probability as a person reads it: never "0 %" for what is merely unlikely. */
export function formatProbability(probability: number): string {
  if (probability > 0 && probability < 0.001) return '<0.1 %';
  return `${(probability * 100).toFixed(probability < 0.0995 ? 1 : 0)} %`;
}

/** What a pack cannot do, and what still works. */
export const packLimits = {
  noAblation:
    'This pack was not trained with single tokens missing, so what changes without them would mean nothing. The curves and the panes work all the same.',
  noFilm:
    'This pack was not trained to draw from its coarse tokens alone, so there is no build-up to show. The panes and the curves work all the same.',
  noReader:
    'This pack has no probe and no language model that describes pictures, so nothing is read in words. The curves measure all the same.',
  noKeepFrom: 'This pack was not trained to decode without its finest tokens, so all visible ones are used.',
  noWriter:
    'This pack has no language model that writes pictures, so nothing can be rewritten. Blending and decoding work all the same.',
} as const;

export const obstacleWords: Record<TimelineObstacle, { title: string; remedy: string }> = {
  'nothing-selected': {
    title: 'See what the tokens of a picture carry',
    remedy: 'Select one frame on the board, and watch it dissolve into noise and come back token by token.',
  },
  'no-pack': {
    title: 'No model pack is in use',
    remedy: 'Choose a pack at the top of the window; the timeline needs its decoder.',
  },
  'no-decoder': {
    title: 'This pack cannot restore pictures',
    remedy: 'It has no diffusion decoder. Choose another pack at the top of the window.',
  },
  'no-encoder': {
    title: 'This pack cannot read this picture',
    remedy:
      'It has no encoder, so only pictures it wrote itself have tokens. Select one of those, or choose another pack.',
  },
};
