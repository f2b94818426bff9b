import type { Relation } from '../contract.ts'

export interface ChainNode {
  id: string
  kind: 'own' | 'group' | 'partner'
  x: number
  y: number
  /** The group a partner or group node belongs to: an industry, or what else the partner is. */
  group: string
  count: number
  relation?: Relation
}

export interface ChainPicture {
  nodes: ChainNode[]
  links: { source: string; target: string }[]
  groups: string[]
}

const WIDTH = 1000
const HEIGHT = 560

/** Suppliers by their industry; customers, funder, operator and assessor each a group of their own. */
export const groupOf = (relation: Relation): string =>
  relation.kind !== 'supply'
    ? relation.partnerKind
    : relation.side === 'supplier'
      ? 'customer'
      : (relation.partnerIndustry ?? 'otherIndustry')

/**
 * The own organisation in the middle, a node per group on an ellipse around it, each group's partners fanned out behind it. Positions are
 * computed, not simulated: the same chain always looks the same.
 */
export function chainPicture(relations: readonly Relation[], order: readonly string[]): ChainPicture {
  const byGroup = new Map<string, Relation[]>()
  for (const relation of relations) {
    const group = groupOf(relation)
    byGroup.set(group, [...(byGroup.get(group) ?? []), relation])
  }
  const rank = (group: string) => (order.includes(group) ? order.indexOf(group) : order.length)
  const groups = [...byGroup.keys()].sort((a, b) => rank(a) - rank(b))
  const total = groups.reduce((sum, group) => sum + weightOf(byGroup.get(group)?.length ?? 0), 0)
  const nodes: ChainNode[] = [{ id: 'own', kind: 'own', x: WIDTH / 2, y: HEIGHT / 2, group: '', count: relations.length }]
  const links: ChainPicture['links'] = []
  let at = -Math.PI / 2 - ((weightOf(byGroup.get(groups[0] ?? '')?.length ?? 0) / total) * 2 * Math.PI) / 2
  for (const group of groups) {
    const members = byGroup.get(group) ?? []
    const share = (weightOf(members.length) / total) * 2 * Math.PI
    const middle = at + share / 2
    nodes.push({ id: `group ${group}`, kind: 'group', ...point(middle, 0.46), group, count: members.length })
    links.push({ source: 'own', target: `group ${group}` })
    members.forEach((relation, i) => {
      const angle = at + (share * (i + 0.5)) / members.length
      // Two rings, so that neighbours' names do not touch.
      nodes.push({ id: relation.id, kind: 'partner', ...point(angle, i % 2 === 0 ? 0.8 : 0.98), group, count: 1, relation })
      links.push({ source: `group ${group}`, target: relation.id })
    })
    at += share
  }
  return { nodes, links, groups }
}

/** A group of one still needs room for its name. */
const weightOf = (members: number): number => Math.max(2, members)

const point = (angle: number, r: number): { x: number; y: number } => ({
  x: WIDTH / 2 + (WIDTH / 2) * r * Math.cos(angle),
  y: HEIGHT / 2 + (HEIGHT / 2) * r * Math.sin(angle),
})
