import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Industry } from '#modules/foundation/organisations/contract.ts'
import { loadIndustries, loadThingModels, ThingModelFile } from './thing-models.ts'

const models = loadThingModels()

test('each of the seven sub-industries has its file and at least five machine types that exist', () => {
  const industries = loadIndustries()
  assert.deepEqual(industries.map((i) => i.industry).sort(), [...Industry.options].sort())
  for (const { industry, machines } of industries) for (const machine of machines) assert.ok(models.has(machine), `${industry}: ${machine}`)
})

test('every machine type belongs to an industry or to every plant', () => {
  const used = new Set([...loadIndustries().flatMap((i) => i.machines), 'air-compressor', 'electricity-meter'])
  assert.deepEqual(
    [...models.keys()].filter((code) => !used.has(code)),
    [],
  )
})

test('an energy counter is there wherever a power is', () => {
  for (const { code, properties } of models.values()) {
    const names = properties.map((p) => p.name)
    assert.equal(names.includes('powerKw'), names.includes('energyKwh'), code)
  }
})

test('what contradicts itself is refused', () => {
  const model = (property: object) => ThingModelFile.safeParse({ code: 'x', name: '机', nameEn: 'x', version: 1, properties: [property] })
  const good = { name: 'powerKw', label: '功率', labelEn: 'Power', valueType: 'number', kind: 'instant', decimals: 1 }
  assert.ok(model(good).success)
  assert.ok(!model({ ...good, kind: 'counter', valueType: 'string' }).success)
  assert.ok(!model({ ...good, min: 5, max: 1 }).success)
  assert.ok(!model({ ...good, decimals: undefined }).success)
  assert.ok(!model({ ...good, states: { 1: { zh: '开', en: 'On' } } }).success)
  assert.ok(!model({ ...good, unknown: 1 }).success)
})
