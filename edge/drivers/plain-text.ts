/** What the other side wrote of itself, as it may be kept and shown: no control characters, `most` characters at most. */
export const plainText = (text: string, most: number): string =>
  text
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, most)
    .toWellFormed()
