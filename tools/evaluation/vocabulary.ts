/** The words of one world. Sets of different worlds are read by the same code, so words come from a set, never from code. Pure. */
import type { Scene } from './scene.js';

export interface Vocabulary {
  kinds: readonly string[];
  colours: readonly string[];
  textures: readonly string[];
  sizes: readonly string[];
  /** Kinds of background; their colours are `colours`. */
  backgrounds: readonly string[];
}

/** The words that scenes use, for sets that do not state theirs. */
export function vocabularyOf(scenes: readonly Scene[]): Vocabulary {
  const objects = scenes.flatMap((scene) => scene.objects);
  const grounds = scenes.map(({ background }) => background);
  const distinct = (words: readonly string[]): string[] => [...new Set(words)].sort();
  return {
    kinds: distinct(objects.map(({ kind }) => kind)),
    colours: distinct([...objects.map(({ colour }) => colour), ...grounds.flatMap(({ colours }) => colours)]),
    textures: distinct(objects.map(({ texture }) => texture)),
    sizes: distinct(objects.map(({ size }) => size)),
    backgrounds: distinct(grounds.map(({ kind }) => kind)),
  };
}
