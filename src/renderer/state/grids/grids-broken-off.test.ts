import { beforeEach, describe, expect, it } from 'vitest';
import * as machine from '../../../shared/jobs/queue-machine.js';
import type { Queue } from '../../../shared/jobs/queue.js';
import { documentState } from '../document/document.svelte.js';
import { answer, fake, grids, openGrids, reloadGrids, settle } from '../../../../tests/fakes/window/grid-window.js';
import { placeGrid } from './grid-placing.js';

beforeEach(openGrids);

describe('a grid that was broken off', () => {
  it('is met again with what is done, says what was not, and the rest is made without drawing anything twice', async () => {
    const broken = grids.start();
    await answer('a');
    await answer('b');
    fake.say('job3', { type: 'started' });
    await reloadGrids(machine.interrupted(fake.queue));
    await broken;
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'done', 'waiting', 'waiting']);
    expect(grids).toMatchObject({ outcome: { kind: 'interrupted' }, canGoOn: true, running: false });
    expect(fake.submitted).toHaveLength(3);

    const end = grids.goOn();
    await answer('c');
    await answer('d');
    await end;
    expect(grids.outcome).toEqual({ kind: 'done' });
    expect(fake.submitted.slice(3)).toMatchObject([
      { kind: 'generate', seed: 2, settings: { steps: 4 } },
      { kind: 'decode', codes: [3, 1, 2], seed: 2, steps: 8 },
    ]);
    await placeGrid(grids);
    expect(documentState.frames).toHaveLength(4);
    // On the board, nothing of it is kept any longer.
    expect(fake.queue).toEqual([]);
  });

  it('goes on with the cell that is still being made', async () => {
    const broken = grids.start();
    await answer('a');
    await reloadGrids();
    await broken;
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'running', 'waiting', 'waiting']);
    const end = grids.goOn();
    for (const letter of 'bcd') await answer(letter);
    await end;
    expect(grids.outcome).toEqual({ kind: 'done' });
    expect(fake.submitted.map(({ kind }) => kind)).toEqual(['generate', 'decode', 'generate', 'decode']);
  });

  it('is given up by the next one', async () => {
    const broken = grids.start();
    await answer('a');
    await grids.stop();
    await broken;
    expect(fake.queue).toHaveLength(1);
    const end = grids.start();
    await settle();
    expect(fake.queue.map(({ state }) => state)).toEqual(['waiting']);
    await grids.stop();
    await end;
  });

  it('that cannot be planned any more is left alone', async () => {
    const broken = grids.start();
    await answer('a');
    await grids.stop();
    await broken;
    // Both sides change the same.
    const setup = { columns: { parameter: 'seed', values: [1] } };
    await reloadGrids(JSON.parse(JSON.stringify(fake.queue), (key, value: unknown) => key === 'setup' ? { ...(value as object), ...setup } : value) as Queue); // prettier-ignore
    expect(grids.run).toBeNull();
  });
});
