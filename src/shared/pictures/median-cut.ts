/** Median cut (P. Heckbert, 1982): few groups of many colours, cut where the pixels gain most. Pure. */

/** Colours and how many pixels have each: `values` holds red, green and blue of every one. */
export interface CountedColours {
  values: Float64Array;
  weights: Float64Array;
}

interface Box {
  members: number[];
  weight: number;
  /** The channel in which its colours lie farthest apart, and what a cut there is worth. */
  channel: number;
  worth: number;
}

/** The indices of the colours in at most `size` groups, none empty; no group where there is no colour. */
export function medianCut(colours: CountedColours, size: number): number[][] {
  const all = Array.from(colours.weights.keys());
  if (all.length === 0) return [];
  const boxes = [boxOf(colours, all)];
  while (boxes.length < size) {
    const widest = boxes.reduce((best, box, at) => (box.worth > boxes[best]!.worth ? at : best), 0);
    const box = boxes[widest]!;
    if (box.worth === 0) break;
    boxes.splice(widest, 1, ...halves(colours, box));
  }
  return boxes.map(({ members }) => members);
}

function boxOf({ values, weights }: CountedColours, members: number[]): Box {
  const box: Box = { members, weight: 0, channel: 0, worth: 0 };
  for (const member of members) box.weight += weights[member]!;
  for (let channel = 0; channel < 3; channel++) {
    let [lowest, highest] = [255, 0];
    for (const member of members) {
      const value = values[3 * member + channel]!;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    // The square root lets small areas of an own colour, such as letters, have a say beside large ones.
    const worth = Math.max(0, highest - lowest) * Math.sqrt(box.weight);
    if (worth > box.worth) Object.assign(box, { channel, worth });
  }
  return box;
}

/** Two boxes of about the same number of pixels, neither empty. */
function halves(colours: CountedColours, { members, weight, channel }: Box): [Box, Box] {
  const { values, weights } = colours;
  const ordered = members.toSorted((a, b) => values[3 * a + channel]! - values[3 * b + channel]!);
  let [sum, at] = [0, 0];
  while (at < ordered.length - 1 && (at === 0 || sum + weights[ordered[at]!]! / 2 < weight / 2)) {
    sum += weights[ordered[at]!]!;
    at++;
  }
  return [boxOf(colours, ordered.slice(0, at)), boxOf(colours, ordered.slice(at))];
}

/** The mean colour of each group, weighted by its pixels: red, green and blue after each other. */
export function meansOf({ values, weights }: CountedColours, groups: readonly (readonly number[])[]): Uint8Array {
  const means = new Uint8Array(3 * groups.length);
  for (const [group, members] of groups.entries()) {
    let weight = 0;
    const sums = [0, 0, 0];
    for (const member of members) {
      weight += weights[member]!;
      for (let channel = 0; channel < 3; channel++) sums[channel]! += weights[member]! * values[3 * member + channel]!;
    }
    means.set(
      sums.map((sum) => Math.round(sum / weight)),
      3 * group,
    );
  }
  return means;
}
