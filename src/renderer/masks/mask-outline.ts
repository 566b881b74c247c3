/** The edge of a mask as an SVG path, so that it is a crisp line at every zoom. Pure. */
import type { Mask } from '../../shared/pictures/mask.js';

/** Closed loops along pixel edges between what is at least half covered and what is not; mask pixels. */
export function maskOutline({ width, height, data }: Mask): string {
  const covered = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x]! >= 128;
  /** Edges by their start corner, the covered side on their right; a corner where two pixels touch starts two. */
  const edges = new Map<number, number[]>();
  const corner = (x: number, y: number): number => y * (width + 1) + x;
  const add = (from: number, to: number): void => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [to]);
    else known.push(to);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!covered(x, y)) continue;
      if (!covered(x, y - 1)) add(corner(x, y), corner(x + 1, y));
      if (!covered(x + 1, y)) add(corner(x + 1, y), corner(x + 1, y + 1));
      if (!covered(x, y + 1)) add(corner(x + 1, y + 1), corner(x, y + 1));
      if (!covered(x - 1, y)) add(corner(x, y + 1), corner(x, y));
    }
  }
  return [...loops(edges)].map((loop) => pathOf(loop, width + 1)).join('');
}

function* loops(edges: Map<number, number[]>): Generator<number[]> {
  for (;;) {
    const first = edges.keys().next();
    if (first.done === true) return;
    const loop: number[] = [];
    let at = first.value;
    for (;;) {
      const next = edges.get(at);
      if (next === undefined) break;
      loop.push(at);
      const to = next.pop()!;
      if (next.length === 0) edges.delete(at);
      at = to;
    }
    yield loop;
  }
}

/** Corners on a straight line are left out. */
function pathOf(loop: readonly number[], stride: number): string {
  const points = loop.map((corner) => [corner % stride, Math.floor(corner / stride)] as const);
  const turning = points.filter((point, index) => {
    const before = points.at(index - 1)!;
    const after = points[(index + 1) % points.length]!;
    return !((before[0] === point[0] && point[0] === after[0]) || (before[1] === point[1] && point[1] === after[1]));
  });
  return `M${turning.map(([x, y]) => `${x} ${y}`).join('L')}Z`;
}
