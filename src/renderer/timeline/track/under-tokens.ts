/** What stands under the token strip. */
export type UnderTokens = 'film' | 'matrix' | 'curves' | 'pictures';

/** Matrix and curves need the room of Explore; elsewhere the film stands in for them. */
export function shownUnder(chosen: UnderTokens, exploring: boolean): UnderTokens {
  return exploring || chosen === 'pictures' ? chosen : 'film';
}

export function isUnderTokens(value: unknown): value is UnderTokens {
  return value === 'film' || value === 'matrix' || value === 'curves' || value === 'pictures';
}
