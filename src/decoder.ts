/** What turns bytes into text and text into bytes: not every platform has it, nor has the jsdom of Jest. */

/** @param message what the runtime says where it is missing, such as "atob is not defined" */
export const lacks = (message: string): Error => new Error(`${message} in this runtime (jsdom?): set it on globalThis`);

/**
 * @param fatal whether bytes that are none of the encoding throw
 * @throws Error where there is no TextDecoder, RangeError for an encoding that there is not
 */
export function textDecoder(encoding = "utf-8", fatal = true): TextDecoder {
  if (typeof TextDecoder === "undefined") throw lacks("TextDecoder is not defined");
  return new TextDecoder(encoding, { fatal });
}
