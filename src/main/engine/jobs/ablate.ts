/** The ablation job: what the picture loses without a group of tokens, group by group. */
import type { EngineEvent, TokenInfluence } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { pixelDifference } from '../../../shared/pictures/pixel-difference.js';
import { influenceMap, tokenGroups } from '../../../shared/tokens/influence.js';
import { StudioError } from '../../../shared/errors.js';
import type { TokenRange } from '../../../shared/tokens/tokens.js';
import { attributeNames, type AttributeShares } from '../../../shared/tokens/attributes.js';
import { checkpoint } from '../cancellation.js';
import { AttributeMeter } from '../measures/attributes.js';
import type { EngineParts } from '../pack/open-pack.js';
import type { EngineRequest, EngineResult } from '../protocol.js';
import { gaussianNoise } from '../model/random.js';
import { readCodes } from './describe.js';
import { batchRows, glimpses, type Sees } from './restore-rows.js';

/** Cells a side of a map. */
const mapSide = 32;

export async function* ablate(
  parts: EngineParts,
  request: Extract<EngineRequest, { kind: 'ablate' }>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, EngineResult> {
  const { manifest, decoder } = parts;
  const { count } = manifest.tokens;
  requireHiding(parts);
  const groups = request.groups ?? tokenGroups(count).reverse();
  checkGroups(groups, count);
  const codes = yield* readCodes(parts, request.source, signal);
  const noise = gaussianNoise(request.seed, 1, decoder.size, manifest.diffusion.noiseScale);
  // Coarse groups change most, so they come first.
  const order = groups.map((_, index) => index).sort((a, b) => groups[b]!.to - groups[a]!.to || a - b);
  const totals = new Array<number>(groups.length).fill(0);
  yield { type: 'progress', phase: 'measuring-influence', done: 0, total: groups.length };
  let against: Whole | undefined;
  for (let done = 0; done < order.length;) {
    await checkpoint(signal);
    const batch = order.slice(done, done + batchRows - (against === undefined ? wholeRows.length : 0));
    const without = batch.map((index) => allBut(groups[index]!));
    const images = await glimpses(parts, codes, noise, against === undefined ? [...wholeRows, ...without] : without);
    against ??= wholeOf(images.splice(0, wholeRows.length));
    for (const [place, index] of batch.entries()) {
      const image = images[place]!;
      const influence = influenceOf(index, groups[index]!, against.picture, image);
      totals[index] = influence.total;
      const losses = lossesOf(against.meter, image);
      yield { type: 'influence', influence: { ...influence, losses, ...(request.pictures && { without: image }) } };
    }
    done += batch.length;
    yield { type: 'progress', phase: 'measuring-influence', done, total: groups.length };
  }
  await checkpoint(signal);
  return { kind: 'ablate', groups: groups.map((group, index) => ({ ...group, total: totals[index]! })) };
}

/** What groups are held against: x0Hat with all tokens, and for the attributes x0Hat with none. */
interface Whole {
  picture: RasterImage;
  meter: AttributeMeter;
}

const wholeRows: readonly Sees[] = [() => true, () => false];

function wholeOf([picture, nothing]: readonly RasterImage[]): Whole {
  return { picture: picture!, meter: new AttributeMeter(picture!, nothing!) };
}

function allBut({ from, to }: TokenRange): Sees {
  return (index) => index < from || index > to;
}

/** How much of each attribute is gone: 0 = as with all tokens, 1 = as with none. */
function lossesOf(meter: AttributeMeter, without: RasterImage): AttributeShares {
  const shares = meter.shares(without);
  return Object.fromEntries(attributeNames.map((name) => [name, 1 - shares[name]])) as AttributeShares;
}

function influenceOf(
  index: number,
  { from, to }: TokenRange,
  whole: RasterImage,
  without: RasterImage,
): Omit<TokenInfluence, 'losses'> {
  const width = Math.min(mapSide, whole.width);
  const height = Math.min(mapSide, whole.height);
  const { sums } = pixelDifference(whole, without);
  const values = new Float32Array(width * height);
  let sum = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [columns, rows] = [cellOf(column, width, whole.width), cellOf(row, height, whole.height)];
      const value = meanWithin(sums, whole.width, columns, rows) / (3 * 255);
      values[row * width + column] = value;
      sum += value;
    }
  }
  return { index, from, to, map: influenceMap(values, width, height), total: sum / values.length };
}

/** The pixels of one cell along an axis, first included, last not. */
function cellOf(cell: number, cells: number, pixels: number): [number, number] {
  return [Math.floor((cell * pixels) / cells), Math.floor(((cell + 1) * pixels) / cells)];
}

/** The mean over a rectangle of pixels. */
function meanWithin(sums: Uint16Array, stride: number, columns: [number, number], rows: [number, number]): number {
  let sum = 0;
  for (let y = rows[0]; y < rows[1]; y++) {
    for (let x = columns[0]; x < columns[1]; x++) sum += sums[y * stride + x]!;
  }
  return sum / ((columns[1] - columns[0]) * (rows[1] - rows[0]));
}

function requireHiding({ manifest }: EngineParts): void {
  if (manifest.tokens.keepFromTrained) return;
  throw new StudioError(
    'task-unsupported',
    `The pack ${manifest.name} was not trained to draw with tokens missing, so a missing one would show nothing of what it does.`,
    'Choose a pack that was; its card says so.',
  );
}

function checkGroups(groups: readonly TokenRange[], count: number): void {
  const wrong = groups.find(({ to }) => to >= count);
  if (wrong === undefined) return;
  throw new StudioError(
    'tokens-invalid',
    `There is no token ${wrong.to}; this pack’s tokens run from 0 to ${count - 1}.`,
    'Choose tokens inside that range.',
  );
}
