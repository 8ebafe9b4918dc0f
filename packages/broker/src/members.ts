/**
 * The publisher's bytes with more members before the closing brace, for the live feed: subscribers unpack exactly two
 * frames, so what they need beside the event rides inside it. Where the publisher has such a member too, the last counts.
 */
export function withMembers(text: string, members: string): Buffer {
  return Buffer.from(`${text.slice(0, text.lastIndexOf('}'))},${members}}`);
}
