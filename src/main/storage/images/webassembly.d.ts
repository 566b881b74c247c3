/** What Node has of WebAssembly and its types leave to the browser's. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(program: Module, imports: object);
    readonly exports: object;
  }
}
