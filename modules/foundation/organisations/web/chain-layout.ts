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

/** Of the picture's own coordinates; it is scaled to the page without distortion. */
export interface Frame {
  width: number
  height: number
  /** Without partners only the groups are drawn: on a phone the names would not fit. */
  partners: boolean
}

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
export function chainPicture(relations: readonly Relation[], order: readonly string[], frame: Frame): ChainPicture {
  const point = (angle: number, r: number) => ({
    x: (frame.width / 2) * (1 + r * Math.cos(angle)),
    y: (frame.height / 2) * (1 + r * Math.sin(angle)),
  })
  const byGroup = new Map<string, Relation[]>()
  for (const relation of relations) {
    const group = groupOf(relation)
    byGroup.set(group, [...(byGroup.get(group) ?? []), relation])
  }
  const rank = (group: string) => (order.includes(group) ? order.indexOf(group) : order.length)
  const groups = [...byGroup.keys()].sort((a, b) => rank(a) - rank(b))
  const total = groups.reduce((sum, group) => sum + weightOf(byGroup.get(group)?.length ?? 0), 0)
  const nodes: ChainNode[] = [{ id: 'own', kind: 'own', x: frame.width / 2, y: frame.height / 2, group: '', count: relations.length }]
  const links: ChainPicture['links'] = []
  let at = -Math.PI / 2 - ((weightOf(byGroup.get(groups[0] ?? '')?.length ?? 0) / total) * 2 * Math.PI) / 2
  for (const group of groups) {
    const members = byGroup.get(group) ?? []
    const share = (weightOf(members.length) / total) * 2 * Math.PI
    const middle = at + share / 2
    nodes.push({ id: `group ${group}`, kind: 'group', ...point(middle, frame.partners ? 0.46 : 0.85), group, count: members.length })
    links.push({ source: 'own', target: `group ${group}` })
    at += share
    if (!frame.partners) continue
    // A little room is left between the groups, and few partners stay near theirs.
    const spread = Math.min(share * 0.84, members.length * 0.3)
    members.forEach((relation, i) => {
      const angle = middle + spread * ((i + 0.5) / members.length - 0.5)
      // Two rings, so that neighbours' names do not touch.
      nodes.push({ id: relation.id, kind: 'partner', ...point(angle, i % 2 === 0 ? 0.8 : 0.98), group, count: 1, relation })
      links.push({ source: `group ${group}`, target: relation.id })
    })
  }
  return { nodes, links, groups }
}

/** A group of one still needs room for its name. */
const weightOf = (members: number): number => Math.max(4, members)
