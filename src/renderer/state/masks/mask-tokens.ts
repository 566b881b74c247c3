/** Which tokens a masked variation writes anew: those whose absence changes the masked part most. Pure. */
import type { GroupInfluence } from '../../../shared/tokens/influence.js';
import { influenceAt } from '../../../shared/tokens/influence.js';
import { resized, type Mask } from '../../../shared/pictures/mask.js';

/** Mean change under the mask without the group, weighted by coverage, 0…1. */
export function influenceInMask({ map }: GroupInfluence, mask: Mask): number {
  const cells = resized(mask, map.width, map.height);
  let sum = 0;
  let weight = 0;
  cells.data.forEach((coverage, at) => {
    sum += coverage * influenceAt(map, at % map.width, Math.floor(at / map.width));
    weight += coverage;
  });
  return weight === 0 ? 0 : sum / weight;
}

/**
 * The indices of the tokens in the fewest groups that together make up `share` (0…1) of all groups' change under the mask,
 * ascending. Ties go to the finer group, which changes less elsewhere.
 */
export function tokensThatMatter(groups: readonly GroupInfluence[], mask: Mask, share: number): number[] {
  const ranked = groups
    .map((group) => ({ group, change: influenceInMask(group, mask) }))
    .sort((a, b) => b.change - a.change || a.group.from - b.group.from);
  const goal = share * ranked.reduce((total, { change }) => total + change, 0);
  const chosen: number[] = [];
  let reached = 0;
  for (const { group, change } of ranked) {
    if (change === 0 || reached >= goal - 1e-12) break;
    reached += change;
    for (let index = group.from; index <= group.to; index++) chosen.push(index);
  }
  return chosen.sort((a, b) => a - b);
}
