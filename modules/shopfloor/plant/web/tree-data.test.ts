import { expect, test } from 'vitest'
import { PlantNode } from '../contract.ts'
import { countBelow, openFor, pathOf, treeOf } from './tree-data.ts'

const id = (n: number) => `01970000-0000-7000-8000-00000000000${n}`
const node = (n: number, parent: number | null, level: string, code: string) =>
  PlantNode.parse({
    id: id(n),
    parentId: parent && id(parent),
    level,
    code,
    name: code,
    nameEn: null,
    siteId: null,
    retiredAt: null,
    version: 1,
  })
const nodes = [node(1, null, 'enterprise', 'HQ'), node(2, 1, 'site', 'S'), node(4, 2, 'line', 'L-10'), node(3, 2, 'line', 'L-2')]

test('the tree orders codes as people count', () => {
  expect(treeOf(nodes)[0]?.children[0]?.children.map((c) => c.node.code)).toEqual(['L-2', 'L-10'])
})

test('a search opens the way to what it finds', () => {
  const { found, open } = openFor(nodes, (n) => n.code === 'L-2')
  expect([...found]).toEqual([id(3)])
  expect([...open].sort()).toEqual([id(1), id(2)])
})

test('paths and counts', () => {
  expect(pathOf(nodes, id(3)).map((n) => n.code)).toEqual(['HQ', 'S', 'L-2'])
  expect(countBelow(nodes, id(2))).toBe(3)
})
