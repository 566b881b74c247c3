/** Files that bring a recipe with them: before anything is placed, the person says what is to be done with it. */
import type { ImportedImage } from '../../../shared/contract/import-export.js';

export interface ImportedFile {
  fileName: string;
  image: ImportedImage;
}

export type DropAnswer = 'place' | 'recall' | 'cancel';

export class DropQuestion {
  /** What is asked about, null while nothing is. */
  files = $state.raw<readonly ImportedFile[] | null>(null);
  #answer: (answer: DropAnswer) => void = () => {};

  /** One question at a time: a new one cancels the one before. */
  ask(files: readonly ImportedFile[]): Promise<DropAnswer> {
    this.answer('cancel');
    this.files = files;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(answer: DropAnswer): void {
    this.files = null;
    this.#answer(answer);
  }
}

/** Whether a file says anything a person could want back. */
export function bringsRecipe({ image }: ImportedFile): boolean {
  return image.metadata !== undefined && (image.metadata.recipe !== null || image.metadata.record !== null);
}

export const dropQuestion = new DropQuestion();
