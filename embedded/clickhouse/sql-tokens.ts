import { failure } from './failure.ts'

/**
 * SQL text into tokens, only as far as the front must judge it. Where ClickHouse's own lexer knows more than this one (heredocs,
 * typographic quotes, escapes in identifiers, comments in comments) the text is refused: a difference would be a way round the checks.
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'mark'

export interface Token {
  kind: TokenKind
  /** A quoted identifier without its quotes, a parameter's name, else the text as it stands. */
  text: string
  start: number
  end: number
}

const patterns: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['space', /\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\//y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /\d[A-Za-z0-9_]*/y],
  ['string', /'(?:[^'\\]|\\[\s\S]|'')*'/y],
  ['quoted', /`(?:[^`\\]|``)*`|"(?:[^"\\]|"")*"/y],
  ['parameter', /\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*:[^{}]*\}/y],
  ['mark', /(?!\/\*)[()[\]{},.;:=<>!+\-*/%?|&^~@]/y],
]

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const token = nextToken(sql, at)
    if (token.kind !== 'space') tokens.push({ kind: token.kind, text: token.text, start: at, end: token.end })
    at = token.end
  }
  return tokens
}

function nextToken(sql: string, at: number): { kind: TokenKind | 'space'; text: string; end: number } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const match = pattern.exec(sql)
    if (!match) continue
    if (match[0].startsWith('/*') && match[0].indexOf('/*', 2) >= 0)
      throw failure('SYNTAX_ERROR', 'A comment inside a comment is refused here.')
    return { kind, text: tokenText(kind, match), end: pattern.lastIndex }
  }
  throw failure('SYNTAX_ERROR', `Unreadable SQL at position ${at + 1}: ${JSON.stringify(sql.slice(at, at + 20))}.`)
}

function tokenText(kind: TokenKind | 'space', match: RegExpExecArray): string {
  const [text, name] = match
  if (kind === 'parameter') return name!
  if (kind !== 'quoted') return text
  const quote = text[0]!
  return text.slice(1, -1).replaceAll(quote + quote, quote)
}
