/** The first film a person ever sees plays once, by itself: a picture after the other, then it rests. */

export interface FilmShowing {
  /** Milliseconds for the whole film. */
  duration: number;
  pictures: number;
  show: (index: number | null) => void;
}

/** Begins at once; the answer ends it early. `later` is the clock. */
export function playFilm(
  { duration, pictures, show }: FilmShowing,
  later: (run: () => void, ms: number) => ReturnType<typeof setTimeout> = setTimeout,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const step = (index: number) => {
    show(index < pictures ? index : null);
    if (index < pictures) timer = later(() => step(index + 1), duration / pictures);
  };
  step(0);
  return () => {
    clearTimeout(timer);
    show(null);
  };
}
