import '@fontsource-variable/inter';
import './theme.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { connectStudio } from './bridge.js';
import { notices } from './state/studio/notices.svelte.js';
import { startStudio } from './state/studio/start.js';
import { studio } from './state/studio/studio.svelte.js';

mount(App, { target: document.getElementById('app')! });

try {
  await startStudio(connectStudio());
} catch (thrown) {
  studio.connection = 'lost';
  notices.report(thrown);
}
