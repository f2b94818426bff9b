import { type Attribute, inherited } from '../attributes.ts'
import type { CategoryId } from '../contract.ts'

export const MAX_DEPTH = 8

interface Node {
  id: CategoryId
  parentId: CategoryId | null
  prefix: string | null
  attributes: readonly Attribute[]
}
export type Tree<N extends Node = Node> = ReadonlyMap<CategoryId, N>

/** From the root down to the category. */
export function pathTo<N extends Node>(tree: Tree<N>, id: CategoryId): N[] {
  const path: N[] = []
  for (let at = tree.get(id); at && path.length <= MAX_DEPTH; at = at.parentId === null ? undefined : tree.get(at.parentId))
    path.unshift(at)
  return path
}

export const templateOf = (tree: Tree, id: CategoryId): Attribute[] => inherited(pathTo(tree, id).map((node) => node.attributes))

/** The nearest prefix on the way up. */
export const prefixOf = (tree: Tree, id: CategoryId): string | undefined =>
  pathTo(tree, id).findLast((node) => node.prefix !== null)?.prefix ?? undefined

/** The category and everything below it. */
export function subtree(tree: Tree, id: CategoryId): CategoryId[] {
  const children = Map.groupBy(tree.values(), (node) => node.parentId)
  const found: CategoryId[] = tree.has(id) ? [id] : []
  for (const at of found) for (const child of children.get(at) ?? []) found.push(child.id)
  return found
}

/** What speaks against hanging the category (new: undefined) below this parent. */
export function misplaced(
  tree: Tree,
  id: CategoryId | undefined,
  parentId: CategoryId | null,
): 'unknownParent' | 'loop' | 'tooDeep' | undefined {
  if (parentId === null) return undefined
  if (!tree.has(parentId)) return 'unknownParent'
  const below = id === undefined ? [] : subtree(tree, id)
  if (below.includes(parentId)) return 'loop'
  const depthOf = (one: CategoryId) => pathTo(tree, one).length
  const own = id === undefined ? 1 : Math.max(...below.map(depthOf)) - depthOf(id) + 1
  return depthOf(parentId) + own > MAX_DEPTH ? 'tooDeep' : undefined
}
