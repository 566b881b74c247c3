import { expect, it } from 'vitest';
import { formatProbability, formatSpan, spokenTime, tokenName, tokenCount, visibleTokens } from './words.js';

it('counts tokens from 1 in prose', () => {
  expect(tokenName(0)).toBe('V₁');
  expect(tokenName(511)).toBe('V₅₁₂');
  expect([0, 1, 12].map(visibleTokens)).toEqual(['no tokens', 'V₁', 'V₁…V₁₂']);
});

it('counts in words', () => {
  expect([0, 1, 2].map(tokenCount)).toEqual(['0 tokens', '1 token', '2 tokens']);
});

it('gives spans as many decimals as they need', () => {
  expect(formatSpan({ from: 0.611, to: 0.637 }, 32)).toBe('0.64 to 0.61');
  expect(formatSpan({ from: 0.6192, to: 0.6203 }, 512)).toBe('0.620 to 0.619');
});

it('speaks the slider as a person would', () => {
  expect(spokenTime(0.62, 12, 32)).toBe('t 0.62, 12 of 32 tokens visible');
});

it('never calls the merely unlikely impossible', () => {
  expect([0, 0.0004, 0.0312, 0.0999, 0.72].map(formatProbability)).toEqual([
    '0.0 %',
    '<0.1 %',
    '3.1 %',
    '10 %',
    '72 %',
  ]);
});
