/** Names both ends of Electron's IPC must agree on. */
export const callChannel = 'ddt-studio:call';
export const eventChannel = 'ddt-studio:event';
/** The custom scheme of the studio's own files and images, and its only host. */
export const appScheme = 'ddt';
export const appHost = 'studio';
export const appOrigin = `${appScheme}://${appHost}`;
