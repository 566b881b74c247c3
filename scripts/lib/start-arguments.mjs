/** What `npm start -- …` was told. */
import { resolve } from 'node:path';

/** Settings that name a folder, meant from where the person is; npm runs scripts in the folder of the package. */
export function personsFolder(env = process.env, workingDirectory = process.cwd()) {
  return env.INIT_CWD ?? workingDirectory;
}

/** A file the studio opens. */
export function isOpenable(parameter) {
  return !parameter.startsWith('-') && /\.(ddt|png|jpe?g)$/i.test(parameter);
}

/** Null with a message on `complain` when it makes no sense. What is not known here is passed to the studio. */
export function readArguments(parameters, { folder, complain }) {
  const result = { web: false, electron: false, help: false, noSandbox: false, port: undefined, passed: [] };
  for (let index = 0; index < parameters.length; index++) {
    const [name, inline] = parameters[index].split(/=(.*)/s);
    if (name === '--web') result.web = true;
    else if (name === '--electron') result.electron = true;
    else if (name === '--help' || name === '-h') result.help = true;
    else if (name === '--no-sandbox') result.noSandbox = true;
    else if (name === '--data') {
      const value = inline ?? parameters[++index];
      if (value === undefined || value === '') {
        complain('--data needs a folder, for example --data my-projects.');
        return null;
      }
      result.passed.push('--data', resolve(folder, value));
    } else if (name === '--port') {
      result.port = inline ?? parameters[++index];
      if (!/^\d{1,5}$/.test(result.port ?? '') || Number(result.port) > 65535) {
        complain('--port needs a number from 0 to 65535, for example --port 4600.');
        return null;
      }
    } else if (isOpenable(parameters[index])) {
      result.passed.push(resolve(folder, parameters[index]));
    } else result.passed.push(parameters[index]);
  }
  return result;
}
