import '@fontsource-variable/inter';
import './theme.css';
import { connectStudio } from './bridge.js';
import { guardCompositions } from './state/shortcuts/key-events.js';
import { reportPageFaults } from './state/studio/page-faults.js';
import { flushPreferences, loadPreferences } from './state/studio/preferences.js';

// Before any handler of keys is there.
guardCompositions(window);
const api = connectStudio();
reportPageFaults(window, api);
addEventListener('pagehide', flushPreferences);
const problem = await loadPreferences(api);
// Only now: the parts of the window read their preferences as they come into being.
const { openWindow } = await import('./open-window.js');
await openWindow(api, problem);
