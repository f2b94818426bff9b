import type { PlantNode } from '../contract.ts'

export interface TreeEntry {
  node: PlantNode
  children: TreeEntry[]
}

/** The flat list as a tree; a place whose parent is not shown stands at the top. */
export function treeOf(nodes: readonly PlantNode[]): TreeEntry[] {
  const entries = new Map<string, TreeEntry>(nodes.map((node) => [node.id, { node, children: [] }]))
  const roots: TreeEntry[] = []
  for (const entry of entries.values()) (entries.get(entry.node.parentId ?? '')?.children ?? roots).push(entry)
  const sort = (list: TreeEntry[]) => {
    list.sort((a, b) => a.node.code.localeCompare(b.node.code, 'zh-CN', { numeric: true }))
    for (const entry of list) sort(entry.children)
  }
  sort(roots)
  return roots
}

/** Ids of the places that match and of all above them, so that the matches can be seen. */
export function openFor(nodes: readonly PlantNode[], matches: (node: PlantNode) => boolean): { found: Set<string>; open: Set<string> } {
  const byId = new Map(nodes.map((node) => [node.id as string, node]))
  const found = new Set<string>()
  const open = new Set<string>()
  for (const node of nodes) {
    if (!matches(node)) continue
    found.add(node.id)
    for (let up = byId.get(node.parentId ?? ''); up && !open.has(up.id); up = byId.get(up.parentId ?? '')) open.add(up.id)
  }
  return { found, open }
}

/** Names from the top down to the place. */
export function pathOf(nodes: readonly PlantNode[], id: string): PlantNode[] {
  const byId = new Map(nodes.map((node) => [node.id as string, node]))
  const path: PlantNode[] = []
  for (let at = byId.get(id); at; at = byId.get(at.parentId ?? '')) path.unshift(at)
  return path
}

/** The place and all below it, itself included. */
export function countBelow(nodes: readonly PlantNode[], id: string): number {
  const children = nodes.filter((node) => node.parentId === id && node.retiredAt === null)
  return 1 + children.reduce((sum, child) => sum + countBelow(nodes, child.id), 0)
}
