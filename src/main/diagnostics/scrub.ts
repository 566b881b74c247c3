/** Takes what is a person's own out of a text: where things lie, what they are called, what somebody wrote. Pure. */

export interface Persons {
  /** Where the program itself lies: paths below it are everybody's. */
  program: string;
  user: string;
  machine: string;
  /** Addresses of inference servers. */
  servers?: readonly string[];
}

/** Up to a quote, a bracket, the end of the line or of a part of the sentence: paths have spaces in them. */
const absolutePath = /(?<![\w>/\\])(?:file:\/\/)?(?:[A-Za-z]:[\\/]|\/|\\\\)(?![\s/])(?:(?!, |: )[^'"`“”()[\]{}<>\n])*/g;
const quoted = /“[^“”\n]*”|"[^"\n]*"/g;
const ownFile = /(?<![^\s'"“”/\\])[^\s'"“”/\\]+\.(png|jpe?g|webp|gif|ddt|zip|csv|json)\b/gi;
/** Inference servers, as the studio's own sentences name them: other addresses stay. */
const server = /(?<=\bserver )https?:\/\/[^\s'"“”]+|https?:\/\/[^\s'"“”]+(?= \([^()]*\)(?: and |;))/g;
/** The way into the localhost host. */
const entrance = /enter=[^\s&]+/g;

export function scrubbed(text: string, { program, user, machine, servers = [] }: Persons): string {
  const withoutServers = servers.reduce((all, address) => all.replaceAll(address, '<server>'), text);
  const withoutPlaces = withoutServers
    .replaceAll(`file://${program}`, '<program>')
    .replaceAll(program, '<program>')
    .replaceAll(program.replaceAll('\\', '\\\\'), '<program>')
    .replace(server, '<server>')
    .replace(entrance, 'enter=…')
    .replace(quoted, '“…”')
    .replace(absolutePath, '<path>')
    .replace(ownFile, '<file>.$1');
  return [
    [user, '<user>'],
    [machine, '<machine>'],
  ].reduce((all, [name, mark]) => (name!.length < 3 ? all : all.replaceAll(name!, mark!)), withoutPlaces);
}
