import { expect, test } from 'vitest'
import { Definition } from '../thing-model.ts'
import { definitionOf, type ModelValues, valuesOf } from './model-values.ts'

test('parameters of a command come through the form in their order; a text has neither unit nor range, whatever was typed before', () => {
  const values: ModelValues = {
    code: 'press',
    name: '压机',
    properties: [{ name: 'speed', label: '速度', valueType: 'number', kind: 'instant', access: 'r' }],
    commands: [
      {
        name: 'start',
        label: '启动',
        parameters: [
          { name: 'speed', label: '速度', labelEn: '', valueType: 'number', unit: 'rpm', min: 0, max: 3000 },
          { name: 'batch', label: '批号', valueType: 'string', unit: 'rpm', min: 1, max: 2 },
        ],
      },
      { name: 'stop', label: '停止' },
    ],
  }
  const definition = Definition.parse(definitionOf(values))
  expect(definition.commands[0]?.parameters).toEqual([
    { name: 'speed', label: '速度', labelEn: null, valueType: 'number', unit: 'rpm', min: 0, max: 3000 },
    { name: 'batch', label: '批号', labelEn: null, valueType: 'string', unit: null, min: null, max: null },
  ])
  expect(definition.commands[1]?.parameters).toEqual([])
  const again = valuesOf({ code: 'press', name: '压机', nameEn: null, description: '', definition } as Parameters<typeof valuesOf>[0])
  expect(Definition.parse(definitionOf(again))).toEqual(definition)
})
