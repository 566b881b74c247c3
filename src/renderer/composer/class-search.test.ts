import { expect, test } from 'vitest';
import { classesLike, strangerAmong } from './class-search.js';

const names = ['tench', 'great white shark', 'tiger shark', 'tiger cat', "yellow lady's slipper", 'cathedral'];

test.each([
  ['', names],
  ['  SHARK ', ['great white shark', 'tiger shark']],
  ['shark tig', ['tiger shark']],
  // The beginning of a word stands before its middle.
  ['cat', ['tiger cat', 'cathedral']],
  ['hedral', ['cathedral']],
  ['lady', ["yellow lady's slipper"]],
  ['zebra', []],
  ['.*', names],
])('“%s” looks for %j', (text, expected) => expect(classesLike(names, text)).toEqual(expected));

test.each([
  [['tiger shark', ' Tench '], null],
  [['tiger'], 'tiger'],
  [['tench', 'a tench '], 'a tench'],
  [[''], null],
])('of %j it is %j that is no class', (prompts, expected) => expect(strangerAmong(names, prompts)).toBe(expected));
