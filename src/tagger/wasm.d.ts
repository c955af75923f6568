/** Compiled from the AssemblyScript of the same name when a bundle is built. */
declare module '*.wasm' {
  export const bytes: Uint8Array<ArrayBuffer>;
}

/** The parts of the WebAssembly API that are used here: Node's types leave its declaration to those of browsers. */
declare namespace WebAssembly {
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  class Memory {
    readonly buffer: ArrayBuffer;
    /** sizes in pages of 64 KiB */
    constructor(size: { initial: number });
    grow(pages: number): number;
  }
  class Instance {
    readonly exports: unknown;
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
  }
}
