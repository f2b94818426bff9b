/** Backslash and quote are what can end a literal; control characters are written out so that a text stays one line. */
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

export const quoteText = (text: string) => `'${text.replace(/[\\'\0\b\f\n\r\t]/g, (mark) => escapes[mark]!)}'`

export const quoteName = (name: string) => `\`${name.replace(/[\\`]/g, (mark) => (mark === '`' ? '``' : '\\\\'))}\``
