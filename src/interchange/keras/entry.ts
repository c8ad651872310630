/** A layer as a file has it, before anything is made of it. */
import { within } from "../imported.ts";
import { type Json, record, shown, text } from "./json.ts";

/** Its class, its options, and what errors call it. */
export function entryOf(value: unknown): { className: string; own: Json; title: string } {
  const { class_name, config } = record(value, "a layer");
  const className = text(class_name, "a layer's class");
  const own = record(config, `the options of ${className}`);
  return { className, own, title: `layer ${shown(own.name)} (${className})` };
}

export const nameOf = (own: Json): string => text(own.name, "a layer's name");
export const titleOf = (config: unknown): string => entryOf(config).title;

/** Says in errors which layer of the file they are about. */
export const inLayer = <T>(config: unknown, work: () => T): T => within(titleOf(config), work, "layer ");
