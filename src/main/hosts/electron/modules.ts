/** The parts of Electron the host uses. They are passed in, so that the host can be driven where Electron's binary is absent. */
export type ElectronModules = Pick<
  typeof import('electron'),
  'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'Menu' | 'protocol' | 'session' | 'utilityProcess'
>;
