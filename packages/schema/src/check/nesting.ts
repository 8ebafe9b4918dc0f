const quote = 34;
const backslash = 92;

/**
 * Whether JSON text nests objects and arrays deeper than `depth_max`; the outermost counts as 1. Text that is
 * not JSON gets some answer, and never an exception.
 */
export function nestsDeeperThan(text: string, depth_max: number): boolean {
  // Nothing can be deeper than it has opening brackets, and `indexOf` finds those at memory speed: an ordinary
  // event, with two, costs four short searches.
  return hasMoreOpenings(text, depth_max) && scanDepth(text, depth_max);
}

function hasMoreOpenings(text: string, max: number): boolean {
  let openings = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      openings += 1;
      if (openings > max) return true;
    }
  }
  return false;
}

/** The exact answer, one character at a time. Brackets within strings do not count. */
function scanDepth(text: string, depth_max: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case 123: // {
      case 91: // [
        depth += 1;
        if (depth > depth_max) return true;
        break;
      case 125: // }
      case 93: // ]
        depth -= 1;
        break;
    }
  }
  return false;
}

/** The position of the quote that closes the string opened at `start`; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return text.length;
}
