/** Decoders of the jSquash packages: C libraries as WebAssembly, memory-safe whatever a file holds, started when the first file is met. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { RasterImage } from '../../../shared/pictures/images.js';

/** What Emscripten's start function is given and fills. */
interface Module<Decode> {
  noInitialRun: true;
  printErr: (line: string) => void;
  instantiateWasm: (
    imports: ConstructorParameters<typeof WebAssembly.Instance>[1],
    done: (instance: WebAssembly.Instance) => void,
  ) => object;
  /** There as soon as the start function has returned, for the instance is made at once. */
  decode?: Decode;
}

class DecodedPixels {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

/** `null` for what cannot be decoded. */
export type WasmDecode<Options extends unknown[] = []> = (
  bytes: Uint8Array,
  ...options: Options
) => DecodedPixels | null;

/** `file`: the program in the package; `complain` hears every line the library writes. */
export function startCodec<Options extends unknown[]>(
  start: (module: Module<WasmDecode<Options>>) => unknown,
  file: string,
  complain: (line: string) => void = () => {},
): WasmDecode<Options> {
  // The codecs answer with a browser's class, which Node does not have.
  if (!('ImageData' in globalThis)) Object.assign(globalThis, { ImageData: DecodedPixels });
  const program = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve(file)));
  const module: Module<WasmDecode<Options>> = {
    noInitialRun: true,
    printErr: complain,
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(program, imports);
      done(instance);
      return instance.exports;
    },
  };
  void start(module);
  if (module.decode === undefined) throw new Error(`the decoder ${file} did not start`);
  return module.decode;
}

export function asRaster({ width, height, data }: DecodedPixels): RasterImage {
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
