/** A text cut into lines of cells. Only places are kept: a table of a million lines makes no strings. */

const QUOTE = 34;
const LF = 10;
const CR = 13;
const SPACE = 32;
const EQUALS = 61;

/** Marks in the end of a cell: texts are shorter than 2^29. */
const QUOTED = 2 ** 30;
const DOUBLED = 2 ** 31;
const PLACE = QUOTED - 1;

const isBlank = (code: number): boolean => code === SPACE || code === 9 || code === 0xa0 || code === 0xfeff;

/** Numbers of a length that is not known before. */
class Growing {
  data: Uint32Array;
  length = 0;

  constructor(room: number) {
    this.data = new Uint32Array(room);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Uint32Array(Math.ceil(this.length * 1.5) + 16);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }
}

export class Cells {
  readonly text: string;
  readonly #starts: Growing;
  readonly #ends: Growing;
  readonly #first: Growing;
  readonly #lines: Growing;
  /** The line of the first quote that is misplaced or not closed, and its row */
  fault: { line: number; row: number } | undefined;
  /** Comment lines passed over, and the last one before the first row */
  comments = 0;
  lastComment = "";
  /** What comments begin with; "" where there are none */
  commentMark = "";

  constructor(text: string, room: number) {
    this.text = text;
    this.#starts = new Growing(room);
    this.#ends = new Growing(room);
    this.#first = new Growing(room >> 1);
    this.#lines = new Growing(room >> 1);
  }

  get rows(): number {
    return this.#first.length;
  }

  /** The line on which a row begins, from 1. */
  line(row: number): number {
    return this.#lines.data[row];
  }

  /** How many cells a row has. */
  count(row: number): number {
    const end = row + 1 < this.#first.length ? this.#first.data[row + 1] : this.#starts.length;
    return end - this.#first.data[row];
  }

  start(row: number, column: number): number {
    return this.#starts.data[this.#first.data[row] + column];
  }

  end(row: number, column: number): number {
    return this.#ends.data[this.#first.data[row] + column] & PLACE;
  }

  isQuoted(row: number, column: number): boolean {
    return (this.#ends.data[this.#first.data[row] + column] & QUOTED) !== 0;
  }

  /** The text of a cell. */
  at(row: number, column: number): string {
    const cell = this.#first.data[row] + column;
    const end = this.#ends.data[cell];
    const text = this.text.slice(this.#starts.data[cell], end & PLACE);
    return (end & DOUBLED) !== 0 ? text.replaceAll('""', '"') : text;
  }

  row(row: number): string[] {
    return Array.from({ length: this.count(row) }, (_, column) => this.at(row, column));
  }

  beginRow(line: number): void {
    this.#first.push(this.#starts.length);
    this.#lines.push(line);
  }

  push(start: number, end: number, marks = 0): void {
    this.#starts.push(start);
    this.#ends.push(end | marks);
  }

  /**
   * The same with some rows of another width: cells at the end left out, or empty ones added.
   *
   * @param widthOf how many cells a row shall have
   */
  resized(widthOf: (row: number) => number): Cells {
    const result = new Cells(this.text, this.#starts.length);
    Object.assign(result, { fault: this.fault, comments: this.comments });
    Object.assign(result, { lastComment: this.lastComment, commentMark: this.commentMark });
    for (let row = 0; row < this.rows; row++) {
      result.beginRow(this.line(row));
      const count = this.count(row);
      for (let column = 0; column < widthOf(row); column++) {
        const cell = this.#first.data[row] + Math.min(column, count - 1);
        const end = this.#ends.data[cell];
        if (column < count) result.push(this.#starts.data[cell], end & PLACE, (end & ~PLACE) >>> 0);
        else result.push(end & PLACE, end & PLACE);
      }
    }
    return result;
  }
}

/**
 * Cuts a text. A cell is trimmed, unless it is in quotes. Lines that begin with # are passed over, where most do not, and those with
 * another mark of comments, if the first line has it.
 *
 * @param delimiter one character; a space stands for any run of blanks
 * @param most rows to read
 */
export function cut(text: string, delimiter: string, most = Infinity): Cells {
  const sample = text.slice(0, 1 << 16);
  const cells = new Cells(text, Math.min(most < 1e6 ? 1 << 12 : 1 << 24, 64 + (text.length >> 3)));
  const spaces = delimiter === " ";
  const between = delimiter.charCodeAt(0);
  const mark = isCommented(sample, delimiter) ? "#" : leadingMark(sample, delimiter);
  cells.commentMark = mark;
  const n = text.length;
  let line = 1;
  let i = 0;
  let quotesEnd = false; // no quote that closes another one comes after this
  const isEnd = (code: number) => code === LF || code === CR;
  const isBetween = spaces ? isBlank : (code: number) => code === between;
  const isPadding = (code: number) => code !== between && isBlank(code);
  while (i < n && cells.rows < most) {
    while (i < n && (spaces ? isBlank : isPadding)(text.charCodeAt(i))) i++;
    if (mark !== "" && text.startsWith(mark, i) && (mark !== "#" || isComment(text, i, delimiter))) {
      const from = i;
      while (i < n && !isEnd(text.charCodeAt(i))) i++;
      cells.comments++;
      if (cells.rows === 0 && text.slice(from + mark.length, i).trim() !== "") {
        cells.lastComment = text.slice(from + mark.length, i).trim();
      }
    } else if (cells.rows < 2 && isRule(text, i)) {
      while (i < n && !isEnd(text.charCodeAt(i))) i++;
    } else {
      const row = cells.rows;
      const begin = line;
      cells.beginRow(line);
      for (;;) {
        while (i < n && isPadding(text.charCodeAt(i))) i++;
        if (text.charCodeAt(i) === EQUALS && text.charCodeAt(i + 1) === QUOTE) i++; // ="007", as Excel keeps text
        let start = i;
        let marks = 0;
        let end = -1;
        if (text.charCodeAt(i) === QUOTE && !quotesEnd) {
          let close = text.indexOf('"', i + 1);
          while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
            marks = DOUBLED;
            close = text.indexOf('"', close + 2);
          }
          if (close < 0) quotesEnd = true;
          else {
            let after = close + 1;
            while (after < n && isPadding(text.charCodeAt(after))) after++;
            if (after >= n || isEnd(text.charCodeAt(after)) || isBetween(text.charCodeAt(after))) {
              start = i + 1;
              end = close;
              for (let k = start; k < close; k++) {
                const code = text.charCodeAt(k);
                if (code === LF || (code === CR && text.charCodeAt(k + 1) !== LF)) line++;
              }
              marks |= QUOTED;
              i = after;
            }
          }
        }
        if (end < 0) {
          marks = 0;
          let code = text.charCodeAt(i);
          while (i < n && !isEnd(code) && !isBetween(code)) {
            if (code === QUOTE) cells.fault ??= { line: begin, row };
            code = text.charCodeAt(++i);
          }
          end = i;
          while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
        }
        cells.push(start, end, marks);
        if (i >= n || isEnd(text.charCodeAt(i))) break;
        i++; // the delimiter
        if (!spaces) continue;
        while (i < n && isBlank(text.charCodeAt(i))) i++;
        if (i >= n || isEnd(text.charCodeAt(i))) break;
      }
    }
    if (text.charCodeAt(i) === CR && text.charCodeAt(i + 1) === LF) i++;
    i++;
    line++;
  }
  return cells;
}

/** Whether # begins comments: not where half of all lines begin with it, as colours or names do. */
function isCommented(sample: string, delimiter: string): boolean {
  const lines = sample.split(/\r\n|\r|\n/).filter(line => line.trim() !== "");
  const marked = lines.filter(line => line.trim()[0] === "#" && isComment(line.trim(), 0, delimiter));
  if (marked.length === 0 || marked.length === lines.length) return false;
  return marked.length < lines.length / 2 || marked.every((line, i) => line === lines[i]);
}

/** What other programs begin comments with. */
const OTHER_MARKS = /^(\/\/|--(?!-)|REM(?= )|[%!*;'](?=[ \w]))/;

/** The mark of the lines above a table; "" where they have none, or are its names. */
function leadingMark(sample: string, delimiter: string): string {
  const lines = sample.split(/\r\n|\r|\n/).filter(line => line.trim() !== "");
  const mark = OTHER_MARKS.exec(lines[0]?.trim() ?? "")?.[1] ?? "";
  if (mark === "" || mark === delimiter) return "";
  const marked = lines.filter(line => line.trim().startsWith(mark));
  const first = lines.findIndex(line => !line.trim().startsWith(mark));
  if (first < 0 || marked.length >= lines.length / 2) return "";
  const countOf = (line: string) => line.split(delimiter === " " ? /\s+/ : delimiter).length;
  const isNames = first === 1 && mark.length === 1 && countOf(lines[0]) === countOf(lines[1]);
  return isNames ? "" : mark;
}

/** A line that is drawn under names: |---|---| or ----+----. */
function isRule(text: string, at: number): boolean {
  if (!"-|+=:".includes(text[at] || " ")) return false;
  const line = /^[-|+=: ]*(?=[\r\n]|$)/.exec(text.slice(at, at + 2000))?.[0] ?? "";
  return /---|===/.test(line) && /[|+ ]/.test(line.trim());
}

/** Whether a # begins a comment, and not a column called #, or an error that a spreadsheet shows. */
const isComment = (text: string, at: number, delimiter: string): boolean =>
  (delimiter === " " || text[at + 1] !== delimiter) &&
  !/^#(N\/A|NA|DIV|REF|VALUE|NAME|NUM|NULL)\b/.test(text.slice(at, at + 9));
