/** Reading the canonical caption the captioning task is trained on (training/world/captions.py, `canonical_caption`). */
import {
  attributeOf,
  cells,
  matchObjects,
  objectAttributes,
  twoColourBackgrounds,
  type Scene,
  type SceneObject,
} from './scene.js';
import type { Vocabulary } from './vocabulary.js';

const places: Record<string, string> = {
  'at the top left': 'top left',
  'at the top': 'top',
  'at the top right': 'top right',
  'on the left': 'left',
  'in the centre': 'centre',
  'on the right': 'right',
  'at the bottom left': 'bottom left',
  'at the bottom': 'bottom',
  'at the bottom right': 'bottom right',
};
const anyOf = (names: readonly string[]): string => `(${[...names].sort((a, b) => b.length - a.length).join('|')})`;

/** How a caption speaks of objects and of each kind of background. */
function patternsOf(world: Vocabulary): { object: RegExp; backgrounds: [kind: string, RegExp][] } {
  const colour = anyOf(world.colours);
  const oneColour = world.backgrounds.filter((kind) => !twoColourBackgrounds.includes(kind));
  return {
    object: new RegExp(
      `an? ${anyOf(world.sizes)} ${anyOf(world.textures)} ${colour} ${anyOf(world.kinds)} ${anyOf(Object.keys(places))}`,
      'g',
    ),
    backgrounds: [
      ['gradient', new RegExp(`a gradient from ${colour} to ${colour}`)],
      ['horizon', new RegExp(`an? ${colour} sky above ${colour} ground`)],
      ...oneColour.map((kind): [string, RegExp] => [kind, new RegExp(`a ${kind} ${colour} background`)]),
    ],
  };
}

/** What a caption claims; what it says in words that are not the world's is not understood and counts as unsaid. */
export function parseCaption(
  text: string,
  world: Vocabulary,
): { objects: SceneObject[]; background: Scene['background'] | null } {
  const patterns = patternsOf(world);
  const plain = text.toLowerCase().replaceAll(/\s+/g, ' ');
  const objects = [...plain.matchAll(patterns.object)].map(([, size, texture, hue, kind, place]) => ({
    size: size!,
    texture: texture!,
    colour: hue!,
    kind: kind!,
    ...middleOf(places[place!]!),
  }));
  for (const [kind, pattern] of patterns.backgrounds) {
    const found = pattern.exec(plain);
    if (found !== null) return { objects, background: { kind, colours: [found[1]!, found[2] ?? found[1]!] } };
  }
  return { objects, background: null };
}

function middleOf(cell: string): { x: number; y: number } {
  const index = cells.findIndex((name) => name === cell);
  return { x: ((index % 3) + 0.5) / 3, y: (Math.floor(index / 3) + 0.5) / 3 };
}

export interface Agreement {
  agreed: number;
  claimed: number;
  true: number;
}

/** Attributes of objects and background on which caption and scene agree; F1 = 2·agreed / (claimed + true). */
export function captionAgreement(text: string, scene: Scene, world: Vocabulary): Agreement {
  const claim = parseCaption(text, world);
  const pairs = matchObjects(scene.objects, claim.objects);
  let agreed = 0;
  pairs.forEach((claimed, index) => {
    if (claimed === null) return;
    const truth = scene.objects[index]!;
    agreed += objectAttributes.filter((name) => attributeOf(truth, name) === attributeOf(claimed, name)).length;
  });
  const facts = (background: Scene['background']): string[] => [
    background.kind,
    ...background.colours.slice(0, twoColourBackgrounds.includes(background.kind) ? 2 : 1),
  ];
  const truth = facts(scene.background);
  const said = claim.background === null ? [] : facts(claim.background);
  agreed += said.filter((fact, index) => fact === truth[index]).length;
  return {
    agreed,
    claimed: claim.objects.length * objectAttributes.length + said.length,
    true: scene.objects.length * objectAttributes.length + truth.length,
  };
}

export function f1({ agreed, claimed, true: present }: Agreement): number {
  return claimed + present === 0 ? 1 : (2 * agreed) / (claimed + present);
}
