/** How bright a loss is drawn. Pure. */

/** Shares at which a cell can be as bright as can be. Few and round: the scale stays while losses come in, and can be said. */
const fullAt = [0.05, 0.1, 0.2, 0.5, 1] as const;

/** Of many tokens each carries little, so what is brightest follows the strongest loss; the least one keeps noise from being blown up. */
export function lossScale(losses: Iterable<number>): number {
  const strongest = Math.max(0, ...losses);
  return fullAt.find((step) => step >= strongest) ?? 1;
}

/** Opacity of a loss, 0…1: its root, because small losses are worth seeing too. */
export function lossBrightness(loss: number, scale: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, loss / scale)));
}
