/**
 * What commands do in a part of the window that alone can do it: the gallery's grid, the comparison, the presentation. While
 * such a part is there it offers its actions; without it these commands can do nothing.
 */
export type SurfaceActions = Readonly<Record<string, () => unknown>>;

export class SurfacesState {
  #offered = $state.raw<readonly SurfaceActions[]>([]);

  /** By command id; the answer takes the offer back. Of two offers of one action the later counts. */
  offer(actions: SurfaceActions): () => void {
    this.#offered = [...this.#offered, actions];
    return () => {
      this.#offered = this.#offered.filter((one) => one !== actions);
    };
  }

  offers(id: string): boolean {
    return this.#offered.some((actions) => id in actions);
  }

  run(id: string): unknown {
    return this.#offered.findLast((actions) => id in actions)?.[id]?.();
  }
}

export const surfaces = new SurfacesState();
