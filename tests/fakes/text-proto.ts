/** Reads the text form of protocol buffers: every field as the list of its values. Strict about what it does not know. */
export type TextProto = { [field: string]: (string | number | TextProto)[] };

export function parseTextProto(text: string): TextProto {
  const tokens =
    text.replace(/^\s*#.*$/gm, '').match(/"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[{}[\]:,]|\S/g) ?? [];
  let at = 0;
  const value = (): (string | number | TextProto)[] => {
    const token = tokens[at++]!;
    if (token === '{') return [message('}')];
    if (token === '[') {
      const values: (string | number | TextProto)[] = [];
      while (tokens[at] !== ']') {
        values.push(...value());
        if (tokens[at] === ',') at++;
        else if (tokens[at] !== ']') throw new Error(`${tokens[at] ?? 'the end'} where a list goes on`);
      }
      at++;
      return values;
    }
    if (token.startsWith('"')) return [JSON.parse(token) as string];
    if (/^-?\d/.test(token)) return [Number(token)];
    if (/^[A-Z][A-Z0-9_]*$/.test(token)) return [token];
    throw new Error(`${token} is no value`);
  };
  const message = (end: string | undefined): TextProto => {
    const fields: TextProto = {};
    while (tokens[at] !== end) {
      const name = tokens[at++];
      if (name === undefined || !/^[a-z]\w*$/.test(name)) throw new Error(`${name ?? 'the end'} is no field`);
      if (tokens[at] === ':') at++;
      else if (tokens[at] !== '{' && tokens[at] !== '[') throw new Error(`${name} has no value`);
      (fields[name] ??= []).push(...value());
    }
    at++;
    return fields;
  };
  return message(undefined);
}
