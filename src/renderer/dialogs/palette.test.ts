import { describe, expect, it } from 'vitest';
import { rankCommands } from './palette.js';

const commands = ['Undo', 'Redo', 'Zoom in', 'Select all frames', 'Fit the selection'].map((label) => ({
  label,
  group: 'View' as const,
}));
const found = (query: string) => rankCommands(commands, query).map(({ label }) => label);

describe('command search', () => {
  it('lists everything for an empty query', () => {
    expect(found(' ')).toHaveLength(5);
  });

  it('puts the start of the label before the start of a word', () => {
    expect(found('sel')).toEqual(['Select all frames', 'Fit the selection']);
  });

  it('finds letters in order and leaves out what has them not', () => {
    expect(found('zmi')).toEqual(['Zoom in']);
    expect(found('qqq')).toEqual([]);
  });
});
