/** Which values of t the panes are computed at, and in which order. Pure. */
import { timelinePositions, type TokenSchedule } from '../../../shared/tokens/tokens.js';

/** No wider stretch of t than this stays without a picture: the filmstrip has about this many on a large screen. */
const widestGap = 1 / 18;

/** Spans whose ends are planned, at most. */
const mostEnds = 96;

/**
 * t = 0 and the end of every token's span, thinned to at most 96 of them, and evenly spaced ones where a span is wide; of all
 * these at most `most` >= 2, first and last included, for a pack that forbids more. Ascending, without repeats, within [0, 1].
 */
export function plannedPositions(schedule: TokenSchedule, count: number, most = Infinity): number[] {
  const kept = thinned(timelinePositions(schedule, count), mostEnds);
  const planned = [0];
  for (const end of kept) {
    const start = planned[planned.length - 1]!;
    const pieces = Math.ceil((end - start) / widestGap - 1e-9);
    for (let piece = 1; piece < pieces; piece++) planned.push(start + ((end - start) * piece) / pieces);
    if (end > start) planned.push(end);
  }
  return thinned(planned, most);
}

/** At most `most` of `values`, evenly spread, first and last included. */
function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, slot) => values[Math.round((slot * (values.length - 1)) / (most - 1))]!);
}

/** What of `planned` is not among `computed` yet. */
export function missingPositions(planned: readonly number[], computed: readonly { t: number }[]): number[] {
  return planned.filter((t) => !computed.some((position) => position.t === t));
}

/** A job is begun anew only when the picture under the cursor would come later than this many others. */
const patience = 6;

/**
 * Whether a cursor that went elsewhere waits too long: the missing position nearest to it is nearer than every computed one,
 * and stands far back in `order`, what a job under way still has to compute.
 */
export function waitsTooLong(order: readonly number[], computed: readonly { t: number }[], cursor: number): boolean {
  const distance = (t: number) => Math.abs(t - cursor);
  const nearest = order.reduce((best, t) => (distance(t) < distance(best) ? t : best), order[0] ?? Infinity);
  return order.indexOf(nearest) >= patience && computed.every(({ t }) => distance(t) > distance(nearest));
}

/**
 * What a person sees first: the picture under the cursor, then a rough filmstrip over the whole axis (each next one farthest
 * from those before), then everything else from the cursor outwards.
 */
export function computingOrder(positions: readonly number[], cursor: number, overview = 12): number[] {
  const rest = [...positions].sort((a, b) => Math.abs(a - cursor) - Math.abs(b - cursor));
  const first = rest.shift();
  if (first === undefined) return [];
  const order = [first];
  while (order.length < overview && rest.length > 0) {
    const distance = (t: number) => Math.min(...order.map((done) => Math.abs(done - t)));
    const farthest = rest.reduce((best, t) => (distance(t) > distance(best) ? t : best));
    rest.splice(rest.indexOf(farthest), 1);
    order.push(farthest);
  }
  return [...order, ...rest];
}
