/** What helps somebody else to find a fault leaves as one file. */
import { studio } from '../studio/studio.svelte.js';
import { saveFileAndTell } from './saving.js';

export async function saveDiagnostics(): Promise<void> {
  const { fileName, bytes } = await studio.api.diagnostics({});
  await saveFileAndTell(new Blob([new Uint8Array(bytes)], { type: 'application/zip' }), fileName);
}
