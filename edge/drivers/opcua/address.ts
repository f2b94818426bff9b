/** A node of a server's address space, its namespace by URI (`nsu=`) or, which a server may re-number, by index (`ns=`). */
export interface NodeAddress {
  namespace: { uri: string } | { index: number }
  kind: 'i' | 's' | 'g' | 'b'
  /** The identifier as it is written. */
  id: string
}

export type ParsedNode = { kind: 'node'; node: NodeAddress } | { kind: 'problem'; code: string; details: Record<string, string | number> }

/** Stands in a text address for the unit's own name, so that one point table reads many machines of one server. */
export const UNIT_MARK = '{unit}'

const MAX_INDEX = 65_535
const MAX_NUMBER = 4_294_967_295

/** OPC 10000-6 §5.3.1.10: `nsu=<uri>;s=…`, `ns=2;i=…`, `i=…`; in a URI `;` is %3B and `%` is %25. */
export function parseNode(text: string, unit = ''): ParsedNode {
  const plain = text.trim().replaceAll(UNIT_MARK, unit)
  const parts = /^(?:nsu=([^;]+);|ns=(\d+);)?([isgb])=(.+)$/s.exec(plain)
  if (!parts) return problem('opcua.addressUnreadable', { text })
  const [, uri, index, kind, id = ''] = parts
  if (index !== undefined && Number(index) > MAX_INDEX) return problem('opcua.namespaceOutOfRange', { text, last: MAX_INDEX })
  if (kind === 'i' && !(/^\d{1,10}$/.test(id) && Number(id) <= MAX_NUMBER)) return problem('opcua.numberUnreadable', { text })
  if (kind === 'g' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return problem('opcua.guidUnreadable', { text })
  if (kind === 'b' && !/^[A-Za-z0-9+/]+={0,2}$/.test(id)) return problem('opcua.bytesUnreadable', { text })
  const namespace = uri === undefined ? { index: Number(index ?? 0) } : { uri: plainUri(uri) }
  return { kind: 'node', node: { namespace, kind: kind as NodeAddress['kind'], id } }
}

/** The way of writing that outlives a re-numbering of the server's namespaces; the standard's own has no URI before it. */
export function formatNode(namespaceUri: string, kind: NodeAddress['kind'], id: string, isStandard: boolean): string {
  return isStandard ? `${kind}=${id}` : `nsu=${writtenUri(namespaceUri)};${kind}=${id}`
}

/** `ns=2;s=…` as this server counts today; undefined where it does not have the namespace. */
export function nodeIdText({ namespace, kind, id }: NodeAddress, namespaces: readonly string[]): string | undefined {
  const index = 'uri' in namespace ? namespaces.indexOf(namespace.uri) : namespace.index
  return index < 0 || index >= namespaces.length ? undefined : `ns=${index};${kind}=${id}`
}

/** A step of a browse path: the name that its node has among its siblings, and whose name that is. */
export interface Step {
  namespace: NodeAddress['namespace']
  name: string
}

export type ParsedPath = { kind: 'path'; steps: Step[] } | { kind: 'problem'; code: string; details: Record<string, string | number> }

export const MOST_STEPS = 16

/**
 * `/nsu=<uri>;Identification/nsu=<uri>;Manufacturer`: browse names from a node down, as companion models give them; a name without `nsu=` or
 * `ns=2;` is the standard's. `&` goes before a `/` or `&` of a name (OPC 10000-4 §A.2), `;` and `%` of a URI are %3B and %25.
 */
export function parsePath(text: string): ParsedPath {
  const steps: Step[] = []
  const step = /\/(?:nsu=([^;]+);|ns=(\d+);)?(?!nsu=|ns=\d)((?:[^/&]|&[/&])+)/gy
  const plain = text.trim()
  while (step.lastIndex < plain.length) {
    const found = step.exec(plain)
    if (!found) return problem('opcua.pathNotReadable', { text })
    const [, uri, index, name = ''] = found
    if (index !== undefined && Number(index) > MAX_INDEX) return problem('opcua.namespaceOutOfRange', { text, last: MAX_INDEX })
    const namespace = uri === undefined ? { index: Number(index ?? 0) } : { uri: plainUri(uri) }
    steps.push({ namespace, name: name.replaceAll(/&([/&])/g, '$1') })
  }
  return steps.length === 0 || steps.length > MOST_STEPS ? problem('opcua.pathNotReadable', { text }) : { kind: 'path', steps }
}

export const formatStep = (namespaceUri: string, name: string, isStandard: boolean): string =>
  `${isStandard ? '' : `nsu=${writtenUri(namespaceUri)};`}${name.replaceAll(/[/&]/g, '&$&')}`

const plainUri = (written: string) => written.replaceAll(/%3b/gi, ';').replaceAll('%25', '%')
const writtenUri = (uri: string) => uri.replaceAll('%', '%25').replaceAll(';', '%3B')

const problem = (code: string, details: Record<string, string | number>) => ({ kind: 'problem', code, details }) as const
