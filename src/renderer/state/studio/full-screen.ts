/** Filling the screen: the browser does it for one element, the desktop program for its whole window. */
import { studio } from './studio.svelte.js';

/** Gives back what ends it. One that may not fill the screen still fills its window. The menu gives a page no right to ask its browser. */
export function fillScreen(stage: Element): () => void {
  if (studio.status?.host === 'electron') {
    const tell = (on: boolean) => void studio.api.setFullScreen({ on }).catch(() => undefined);
    tell(true);
    return () => tell(false);
  }
  stage.requestFullscreen().catch(() => undefined);
  return () => {
    if (document.fullscreenElement === stage) void document.exitFullscreen();
  };
}
