import { expect, test } from 'vitest'
import type { Relation } from '../contract.ts'
import { chainPicture, groupOf } from './chain-layout.ts'

const relation = (id: string, change: Partial<Relation>): Relation =>
  ({ id, kind: 'supply', side: 'buyer', partnerKind: 'supplier', partnerIndustry: 'motors', ...change }) as Relation

const frame = { width: 1000, height: 560, partners: true }

test('a supplier stands with its industry, a customer and a funder in groups of their own', () => {
  expect(groupOf(relation('a', {}))).toBe('motors')
  expect(groupOf(relation('a', { side: 'supplier' }))).toBe('customer')
  expect(groupOf(relation('a', { kind: 'finance', partnerKind: 'funder' }))).toBe('funder')
  expect(groupOf(relation('a', { partnerIndustry: null }))).toBe('otherIndustry')
})

test('every partner is drawn once, at its own place, linked to its group', () => {
  const partners = Array.from({ length: 56 }, (_, i) => relation(`r${i}`, { partnerIndustry: (['motors', 'dieCasting'] as const)[i % 2]! }))
  const { nodes, links, groups } = chainPicture(partners, ['dieCasting', 'motors'], frame)
  expect(groups).toEqual(['dieCasting', 'motors'])
  expect(nodes).toHaveLength(1 + 2 + 56)
  expect(links).toHaveLength(2 + 56)
  expect(new Set(nodes.map((n) => `${n.x.toFixed(1)} ${n.y.toFixed(1)}`)).size).toBe(nodes.length)
})

test('on a phone the groups stand alone', () => {
  const { nodes } = chainPicture([relation('a', {}), relation('b', {})], [], { ...frame, partners: false })
  expect(nodes.map((n) => [n.kind, n.count])).toEqual([
    ['own', 2],
    ['group', 2],
  ])
})

test('a chain of one draws too', () => {
  expect(chainPicture([relation('a', {})], [], frame).nodes).toHaveLength(3)
})
