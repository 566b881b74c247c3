import '@fontsource-variable/inter';
import './theme.css';
import { connectStudio } from './bridge.js';
import { flushPreferences, loadPreferences } from './state/studio/preferences.js';

const api = connectStudio();
addEventListener('pagehide', flushPreferences);
const problem = await loadPreferences(api);
// Only now: the parts of the window recall their values as they come into being.
const { openWindow } = await import('./open-window.js');
await openWindow(api, problem);
