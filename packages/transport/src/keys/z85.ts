const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** Bytes, a multiple of four, as Z85 (ZeroMQ RFC 32): five characters for each four bytes. */
export function encodeZ85(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const number = bytes.readUInt32BE(at);
    for (const divisor of [85 ** 4, 85 ** 3, 85 ** 2, 85, 1])
      text += digits[Math.floor(number / divisor) % 85];
  }
  return text;
}
