import { beforeEach, describe, expect, it } from 'vitest';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { answer, grids, openGrids } from '../../../../tests/fakes/window/grid-window.js';
import { placeGrid, useCell } from './grid-placing.js';
import { view } from '../board/view.svelte.js';

beforeEach(openGrids);

describe('a finished grid', () => {
  async function finish(): Promise<void> {
    const end = grids.start();
    for (const letter of 'abcd'.slice(0, grids.cells.length)) await answer(letter);
    await end;
  }

  it('is placed whole, in the order of the sheet with its legends, as one step', async () => {
    await finish();
    await placeGrid(grids);
    const [a, b, c, d] = documentState.frames;
    expect([a!.y === b!.y, c!.y === d!.y, a!.x === c!.x, b!.x === d!.x]).toEqual([true, true, true, true]);
    expect(a!.x).toBeLessThan(b!.x);
    expect(a!.y).toBeLessThan(c!.y);
    expect(d).toMatchObject({
      name: 'Seed 2 · Steps 8',
      origin: { kind: 'generated', prompt: 'a red circle', seed: 2, settings: { steps: 8 }, pack: 'fake@1' },
      tokens: { pack: 'fake@1', codes: [3, 1, 2] },
    });
    const notes = documentState.annotations.map((one) => (one.kind === 'note' ? one.text : ''));
    expect(notes).toEqual(['Steps 4', 'Steps 8', 'Seed 1', 'Seed 2']);
    expect(view.selection).toHaveLength(4);
    await documentState.undo();
    expect(documentState.document).toMatchObject({ frames: [], annotations: [] });
  });

  it('gives only what is picked, without legends', async () => {
    await finish();
    grids.togglePick(3);
    grids.togglePick(0);
    grids.togglePick(0);
    await placeGrid(grids);
    expect(documentState.frames.map(({ name }) => name)).toEqual(['Seed 2 · Steps 8']);
    expect(documentState.annotations).toEqual([]);
  });

  it('puts a cell back into the composer', async () => {
    await finish();
    composer.setPrompt('something else');
    useCell(grids, 2);
    expect(composer).toMatchObject({ prompt: 'a red circle', seed: 2, seedLocked: true, preset: 'fast' });
  });

  it('of coarse tokens keeps the picture with all of them in its history', async () => {
    grids.setParameter('columns', 'keepFrom');
    grids.setText('columns', 'keepFrom', '0, 2');
    grids.setParameter('rows', 'none');
    await finish();
    await placeGrid(grids);
    const [whole, part] = documentState.frames;
    expect(whole).toMatchObject({ origin: { kind: 'generated' } });
    expect(whole!.earlier).toBeUndefined();
    expect(part).toMatchObject({
      origin: { kind: 'decoded', keepFrom: 2, parentId: part!.earlier![0]!.id, t: 1, seed: 7 },
      earlier: [{ origin: { kind: 'generated', prompt: 'a red circle' }, tokens: { codes: [3, 1, 2] } }],
    });
  });

  it('means nothing in another project', async () => {
    await finish();
    expect(grids.isOfThisProject).toBe(true);
    documentState.document = { ...documentState.document, id: 'other' };
    expect(grids.isOfThisProject).toBe(false);
  });
});
