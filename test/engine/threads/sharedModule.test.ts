import { describe, expect, it, vi } from "vitest";
import { kernelsBinary, kernelsModule } from "../../../src/engine/kernels.ts";
import { Memory } from "../../../src/engine/memory.ts";
import { kernelNames, MAX_ARGUMENTS } from "../../../src/engine/threads/control.ts";
import { sharedMemory } from "../../../src/engine/threads/sharedMemory.ts";
import { MAX_PAGES, sharedKernelsModule, withSharedMemory } from "../../../src/engine/threads/sharedModule.ts";

const env = (memory: WebAssembly.Memory) => ({ env: { memory } });
const shared = () => new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });

describe("the module for shared memories", () => {
  it("takes a shared memory, which the plain one refuses, and the other way round", () => {
    const unshared = new WebAssembly.Memory({ initial: 1 });
    expect(() => new WebAssembly.Instance(kernelsModule(), env(shared()))).toThrow(WebAssembly.LinkError);
    expect(() => new WebAssembly.Instance(sharedKernelsModule(), env(unshared))).toThrow(WebAssembly.LinkError);
    new WebAssembly.Instance(sharedKernelsModule(), env(shared()));
    expect(sharedKernelsModule()).toBe(sharedKernelsModule());
  });

  it("has the same kernels, whose arguments fit into the control block", () => {
    expect(kernelNames(sharedKernelsModule())).toEqual(kernelNames(kernelsModule()));
    const { exports } = new WebAssembly.Instance(sharedKernelsModule(), env(shared()));
    for (const name of kernelNames(sharedKernelsModule())) {
      expect((exports[name] as () => void).length, name).toBeLessThanOrEqual(MAX_ARGUMENTS);
    }
  });

  it("keeps a binary's minimum, and takes one that has a maximum", () => {
    // (module (import "env" "memory" (memory 200 300)))
    const name = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79];
    const limits = [1, 0xc8, 1, 0xac, 2];
    const binary = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 2, 18, 1, ...name, 2, ...limits]);
    new WebAssembly.Instance(
      new WebAssembly.Module(binary),
      env(new WebAssembly.Memory({ initial: 200, maximum: 300 })),
    );
    const module = new WebAssembly.Module(withSharedMemory(binary));
    expect(() => new WebAssembly.Instance(module, env(shared()))).toThrow(WebAssembly.LinkError);
    new WebAssembly.Instance(module, env(new WebAssembly.Memory({ initial: 200, maximum: MAX_PAGES, shared: true })));
  });

  it("is refused for a binary that imports anything else, or nothing", () => {
    const binary = kernelsBinary();
    expect(() => withSharedMemory(withSharedMemory(binary))).toThrow(/only import is env\.memory, unshared/);
    expect(() => withSharedMemory(binary.subarray(0, 8))).toThrow(/only import/);
    const other = binary.slice();
    const at = new TextDecoder("latin1").decode(binary).indexOf("\x03env\x06memory");
    other[at + 1]++;
    expect(() => withSharedMemory(other)).toThrow(/only import/);
  });
});

describe("shared memory", () => {
  it("asks for less address space where there is not enough", () => {
    const Real = WebAssembly.Memory;
    const asked: (number | undefined)[] = [];
    class Small {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked.push(descriptor.maximum);
        if ((descriptor.maximum ?? 0) > 16384) throw new RangeError("could not allocate memory");
        // biome-ignore lint/correctness/noConstructorReturn: stands for the real class
        return new Real(descriptor);
      }
    }
    vi.stubGlobal("WebAssembly", { Memory: Small });
    try {
      expect(new Memory(sharedMemory()).bytes).toBe(65536);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(asked).toEqual([65536, 32768, 16384]);
  });

  it("gives copies that are not shared", () => {
    const memory = new Memory(sharedMemory());
    expect(memory.floats.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.floats.slice(0, 4).buffer).toBeInstanceOf(ArrayBuffer);
  });
});
