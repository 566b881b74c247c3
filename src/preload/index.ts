/** The only bridge between the sandboxed window and the program: the StudioApi, each method by name, and nothing else. */
import { contextBridge, ipcRenderer } from 'electron';
import { createBridge } from './bridge.js';

contextBridge.exposeInMainWorld('ddtStudio', createBridge(ipcRenderer));
