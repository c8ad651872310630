/** All losses, by the name under which they are made and saved: what these files export are makers, nothing else. */
export * from "./crossentropy.ts";
export * from "./regression.ts";
