/** An element of a file; text between its children is joined. */
export interface Element {
  name: string
  attributes: Readonly<Record<string, string>>
  children: Element[]
  text: string
}

export type XmlRefusal = 'tooLarge' | 'declaresEntities' | 'tooDeep' | 'tooManyElements' | 'notXml'
export type ParsedXml = { kind: 'document'; root: Element } | { kind: 'refused'; reason: XmlRefusal; line?: number }

/** The largest published model, the standard’s own, has 4 MB and 100,000 elements. */
const MOST_CHARACTERS = 16_000_000
const MOST_ELEMENTS = 500_000
const MOST_LEVELS = 64
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

class Refused extends Error {
  readonly reason: XmlRefusal
  readonly at: number
  constructor(reason: XmlRefusal, at: number) {
    super(reason)
    this.reason = reason
    this.at = at
  }
}

/**
 * XML as data files have it: no document type, so no entities but the five of XML itself and characters by number: nothing in a file can make
 * it larger than it is or fetch anything. Prefixes of namespaces are left out.
 */
export function parseXml(text: string): ParsedXml {
  if (text.length > MOST_CHARACTERS) return { kind: 'refused', reason: 'tooLarge' }
  try {
    return { kind: 'document', root: new Reader(text).read() }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { kind: 'refused', reason: error.reason, line: text.slice(0, error.at).split('\n').length }
  }
}

class Reader {
  readonly #text: string
  #at = 0
  #elements = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Element {
    const open: Element[] = []
    let root: Element | undefined
    for (;;) {
      const begin = this.#text.indexOf('<', this.#at)
      const between = this.#text.slice(this.#at, begin < 0 ? undefined : begin)
      const within = open.at(-1)
      if (within) within.text += this.#plain(between)
      else if (between.replace('\uFEFF', '').trim() !== '') throw this.#wrong()
      if (begin < 0) break
      this.#at = begin
      if (this.#skipped('<!--', '-->') || this.#skipped('<?', '?>')) continue
      if (this.#text.startsWith('<![CDATA[', begin)) {
        const end = this.#endOf(']]>')
        if (!within) throw this.#wrong()
        within.text += this.#text.slice(begin + 9, end)
        this.#at = end + 3
      } else if (this.#text.startsWith('<!', begin)) throw new Refused('declaresEntities', begin)
      else if (this.#text.startsWith('</', begin)) {
        const end = this.#endOf('>')
        if (!within || local(this.#text.slice(begin + 2, end).trim()) !== within.name) throw this.#wrong()
        open.pop()
        this.#at = end + 1
      } else {
        const { element, isEmpty } = this.#opening()
        if (within) within.children.push(element)
        else if (root) throw this.#wrong()
        root ??= element
        if (!isEmpty) open.push(element)
        if (open.length > MOST_LEVELS) throw new Refused('tooDeep', begin)
      }
    }
    if (!root || open.length > 0) throw this.#wrong()
    return root
  }

  #opening(): { element: Element; isEmpty: boolean } {
    if (++this.#elements > MOST_ELEMENTS) throw new Refused('tooManyElements', this.#at)
    const name = this.#match(/<([A-Za-z_][\w.:-]*)/y)[1] ?? ''
    const attributes: Record<string, string> = Object.create(null)
    for (;;) {
      const end = this.#tryMatch(/\s*(\/?)>/y)
      if (end) return { element: { name: local(name), attributes, children: [], text: '' }, isEmpty: end[1] === '/' }
      const [, key = '', double, single] = this.#match(/\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y)
      attributes[local(key)] = this.#plain(double ?? single ?? '')
    }
  }

  #plain(written: string): string {
    if (!written.includes('&')) return written
    return written.replaceAll(/&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));|&/g, (_, decimal?: string, hex?: string, name?: string) => {
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined
      if (code !== undefined && code <= 0x10_ffff) return String.fromCodePoint(code)
      const found = name === undefined || !Object.hasOwn(named, name) ? undefined : named[name]
      if (found === undefined) throw name === undefined ? this.#wrong() : new Refused('declaresEntities', this.#at)
      return found
    })
  }

  #skipped(begin: string, end: string): boolean {
    if (!this.#text.startsWith(begin, this.#at)) return false
    this.#at = this.#endOf(end) + end.length
    return true
  }

  #endOf(mark: string): number {
    const end = this.#text.indexOf(mark, this.#at)
    if (end < 0) throw this.#wrong()
    return end
  }

  #tryMatch(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  #match(pattern: RegExp): RegExpExecArray {
    const found = this.#tryMatch(pattern)
    if (!found) throw this.#wrong()
    return found
  }

  #wrong = () => new Refused('notXml', this.#at)
}

const local = (name: string) => name.slice(name.indexOf(':') + 1)

export const childrenOf = (element: Element | undefined, name: string): Element[] =>
  element?.children.filter((child) => child.name === name) ?? []

/** The first below `element` by these names, one level each. */
export const below = (element: Element | undefined, ...names: string[]): Element | undefined =>
  names.reduce<Element | undefined>((at, name) => at?.children.find((child) => child.name === name), element)
