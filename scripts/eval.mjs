/** `npm run eval`: the command `eval`, with everything after `--` passed on. */
process.argv.splice(2, 0, 'eval');
await import('./ddt-studio.mjs');
