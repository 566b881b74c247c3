/** What Node has of WebAssembly and its types leave to the browser's. */
declare namespace WebAssembly {
  class Instance {
    constructor(program: Module, imports: object);
    readonly exports: object;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
