import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCreditCode } from '#modules/foundation/organisations/credit-code.ts'
import { loadThingModels } from '../thing-models.ts'
import { loadDemoChain } from './chain.ts'

const chain = loadDemoChain()
const codes = new Set(chain.organisations.map((o) => o.code))

test('a leader, 56 supporting enterprises of the seven sub-industries, funder, operator, assessor', () => {
  const kinds = Object.groupBy(chain.organisations, (o) => o.kind)
  assert.deepEqual(Object.fromEntries(Object.entries(kinds).map(([kind, list]) => [kind, list.length])), {
    leader: 1,
    supplier: 56,
    funder: 1,
    operator: 1,
    assessor: 1,
  })
  const industries = new Set(kinds.supplier?.map((s) => s.industry))
  assert.equal(industries.size, 7)
  const names = [...chain.organisations.map((o) => o.name), ...chain.organisations.map((o) => o.nameEn)]
  assert.equal(codes.size, chain.organisations.length)
  assert.equal(new Set(names).size, names.length)
})

test('credit codes pass the check, are all different, and stand in a division that does not exist', () => {
  for (const { creditCode, name } of chain.organisations) {
    assert.ok(isCreditCode(creditCode), name)
    assert.equal(creditCode.slice(2, 8), '500999')
  }
  assert.equal(new Set(chain.organisations.map((o) => o.creditCode)).size, chain.organisations.length)
})

test('relations, plants, the gateway, users and grants name organisations and machines that exist', () => {
  for (const { buyer, supplier } of chain.relations) {
    assert.ok(codes.has(buyer), buyer)
    assert.ok(codes.has(supplier), supplier)
    assert.notEqual(buyer, supplier)
  }
  const models = loadThingModels()
  const machines = new Map<string, string[]>()
  for (const plant of chain.plants) {
    assert.ok(codes.has(plant.organisation), plant.organisation)
    const all = plant.workshops.flatMap((w) => w.lines.flatMap((l) => l.machines))
    for (const machine of all) assert.ok(models.has(machine.model), machine.model)
    assert.equal(new Set(all.map((m) => m.code)).size, all.length, plant.organisation)
    machines.set(
      plant.organisation,
      all.map((m) => m.code),
    )
  }
  assert.equal(machines.size, chain.plants.length, 'an organisation has one plant')
  assert.ok([...machines.values()].filter((m) => m.length >= 6).length >= 13)
  const read = chain.gateway.links.flatMap((link) => link.machines)
  assert.equal(new Set(read).size, read.length)
  for (const machine of read) assert.ok(machines.get(chain.gateway.organisation)?.includes(machine), machine)
  for (const { organisation } of chain.users) assert.ok(codes.has(organisation), organisation)
  for (const { from, to, device } of chain.grants) {
    assert.ok(machines.get(from)?.includes(device))
    assert.ok(codes.has(to))
  }
})

test('every machine of the chain together sends no more than 400 points a second at one message in five seconds', () => {
  const models = loadThingModels()
  const machines = chain.plants.flatMap((p) => p.workshops.flatMap((w) => w.lines.flatMap((l) => l.machines)))
  const points = machines.reduce((sum, m) => sum + (models.get(m.model)?.properties.length ?? 0), 0)
  assert.ok(points / 5 <= 400, `${points / 5} points/s of ${machines.length} machines`)
})
