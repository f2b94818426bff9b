import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Definition } from '#modules/shopfloor/devices/thing-model.ts'
import { readDeviceModels } from './device-models.ts'
import { checkedRows } from './point-tables.ts'

const models = readDeviceModels()

test('every file of device-models/ fits its schema, its protocols and their addresses', () => {
  assert.ok(models.size >= 12)
  for (const model of models.values()) {
    assert.ok(Definition.safeParse(model.thingModel.definition).success, model.id)
    for (const [protocol, rows] of Object.entries(model.pointTables)) {
      assert.ok(rows.length > 0, `${model.id} ${protocol}`)
      assert.equal(checkedRows(protocol, rows, { definition: model.thingModel.definition }).length, rows.length)
    }
  }
})

test('every point of a file names a property, every property is read, and no two models share a code', () => {
  const codes = [...models.values()].map((model) => model.thingModel.code)
  assert.equal(new Set(codes).size, codes.length)
  for (const model of models.values()) {
    const names = model.thingModel.definition.properties.map((property) => property.name).sort()
    for (const rows of Object.values(model.pointTables)) assert.deepEqual(rows.map((row) => row.name).sort(), names, model.id)
  }
})
