import { stripVTControlCharacters } from 'node:util';
import colors from 'picocolors';

export type Colors = ReturnType<typeof colors.createColors>;

/** Colours for a stream: the real ones on a terminal, none elsewhere or where `NO_COLOR` is set. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const isWanted = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const isForbidden = (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb';
  return colors.createColors(!isForbidden && (isWanted || stream.isTTY === true));
}

/** How many columns there are; without a terminal as many as it takes. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** How many columns a text takes, its colours not counted. */
export function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Cuts a text that may hold colours to a width, and ends it with `…` where something is gone. */
export function cut(text: string, width: number): string {
  if (!Number.isFinite(width) || visibleLength(text) <= width) return text;
  let kept = '';
  let room = Math.max(0, width - 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a colour begins with
  for (const piece of text.split(/(\u001b\[\d+m)/)) {
    if (piece.startsWith('\u001b[')) kept += piece;
    else {
      kept += piece.slice(0, room);
      room -= Math.min(room, piece.length);
    }
  }
  return `${kept}…`;
}

/**
 * A text from an event as it may stand on a terminal: control characters are shown instead of obeyed, so that no
 * publisher can move the cursor or change the window's title.
 */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be shown
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\u2421';
  });
}

/** Lines for people, beside the data: progress, waiting, what was chosen. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
