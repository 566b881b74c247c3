/**
 * Shows a dialog above everything. Answers what to do when it leaves: browsers give the focus back when a dialog is closed, not when
 * it is taken out of the page, and then the keyboard would begin at the top again.
 */
export function showModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    const { activeElement } = document;
    const lost = activeElement === null || activeElement === document.body || dialog.contains(activeElement);
    if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
}

/** Whether one is shown: what comes in above the page by itself would lie on it. */
export function isModalShown(): boolean {
  return document.querySelector('dialog:modal') !== null;
}
