/** What characters of a cell are, by their codes. */

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 0xc0 && code < 0x250) ||
  (code >= 0x400 && code < 0x460);

/** What may stand between the numbers and words of a date, blanks of all widths among them. */
const BETWEEN = new Set(
  Array.from("-/.,'_ \t\u00a0\u2007\u2009\u202f\u3000\u2013年月日년월일", mark => mark.charCodeAt(0)),
);

export const isBetween = (code: number): boolean => BETWEEN.has(code);
