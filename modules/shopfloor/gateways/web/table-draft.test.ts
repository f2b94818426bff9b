import { expect, test } from 'vitest'
import { modbus } from '#edge/drivers/modbus/config.ts'
import { opcua } from '#edge/drivers/opcua/config.ts'
import { draftOf, emptyDraft, gridColumns, lackingProperties, pasteInto, rowsOf, rowsOfNodes, typedInto } from './table-draft.ts'

const columns = gridColumns(modbus)
const properties = new Map([
  ['voltage', { valueType: 'number' as const }],
  ['energy', { valueType: 'number' as const }],
])
const row = {
  name: 'voltage',
  place: { address: 'holding:0', dataType: 'uint16', order: 'ABCD', encoding: 'ascii' },
  scale: 0.1,
  offset: 0,
  periodMs: 1000,
  deadband: 0,
  access: 'r' as const,
}

test('a place that a template left open is no mistake; the first cell of it brings what a new row begins with', () => {
  const open = draftOf({ ...row, place: {} }, columns)
  const { rows, problems } = rowsOf(modbus, columns, [open], properties)
  expect([rows[0]?.place, problems]).toEqual([{}, []])
  const typed = typedInto(open, columns, 'place.address', 'holding:7')
  expect([typed['place.address'], typed['place.dataType'], typed.scale]).toEqual([
    'holding:7',
    emptyDraft(columns)['place.dataType'],
    '0.1',
  ])
  expect(rowsOf(modbus, columns, [{ ...typed, 'place.dataType': 'uint16' }], properties).problems).toEqual([])
  expect(typedInto({ ...typed, 'place.dataType': 'float32' }, columns, 'place.address', 'holding:8')['place.dataType']).toBe('float32')
})

test('nodes that were picked become rows with names of their own, and properties for them', () => {
  const node = (name: string, dataType: string) => ({
    at: name,
    name,
    dataType,
    hasChildren: false,
    place: opcua.place.parse({ address: `ns=2;s=${name}` }),
  })
  const nodes = [
    node('Die temp. 1', 'Double'),
    node('锁模力', 'Int16'),
    node('压力', 'Float'),
    node('Running', 'Boolean'),
    node('1 State', 'LocalizedText'),
  ]
  const found = rowsOfNodes(nodes, gridColumns(opcua), ['Running'])
  expect(found.drafts.map(({ name }) => name)).toEqual(['Die_temp_1', 'point', 'point_2', 'Running_2', 'State'])
  expect(found.properties.map(({ label, valueType }) => [label, valueType])).toEqual([
    ['Die temp. 1', 'number'],
    ['锁模力', 'number'],
    ['压力', 'number'],
    ['Running', 'boolean'],
    ['1 State', 'string'],
  ])
  const known = new Map(found.properties.map((property) => [property.name, { valueType: property.valueType }]))
  expect(rowsOf(opcua, gridColumns(opcua), found.drafts, known).problems).toEqual([])
})

test('methods that were picked become rows to be called and commands with their arguments; others are named', () => {
  const method = (name: string, inputs?: { name: string; dataType?: string }[]) => ({
    at: name,
    name,
    hasChildren: false,
    place: opcua.place.parse({ address: 'ns=2;s=Machine', method: `ns=2;s=${name}` }),
    method: inputs ? { inputs } : {},
  })
  const nodes = [
    method('Start job', [
      { name: 'recipe', dataType: 'UInt16' },
      { name: '批号', dataType: 'String' },
    ]),
    method('Stop', []),
    method('Load', [{ name: 'table' }]),
    method('Silent'),
  ]
  const found = rowsOfNodes(nodes, gridColumns(opcua), ['Stop'])
  expect(found.drafts.map(({ name, access }) => [name, access])).toEqual([
    ['Start_job', 'call'],
    ['Stop_2', 'call'],
  ])
  expect(found.properties).toEqual([])
  expect(found.left).toEqual(['Load', 'Silent'])
  expect(found.commands.map(({ name, parameters }) => [name, parameters?.map((one) => `${one.name} ${one.valueType}`)])).toEqual([
    ['Start_job', ['recipe integer', 'point string']],
    ['Stop_2', []],
  ])
  const names = new Set(found.commands.map(({ name }) => name))
  expect(rowsOf(opcua, gridColumns(opcua), found.drafts, new Map(), names).problems).toEqual([])
})

test('a row becomes cells and the same row again', () => {
  const { rows, problems } = rowsOf(modbus, columns, [draftOf(row, columns)], properties)
  expect(problems).toEqual([])
  expect(rows).toEqual([row])
})

test('a thousand rows pasted from a spreadsheet stand where the cell was, choices by their words', () => {
  const text = Array.from({ length: 1000 }, (_, i) => `p${i}\tholding:${i}\t16 位有符号整数`).join('\r\n')
  const drafts = pasteInto([], columns, { row: 0, column: 0 }, `${text}\r\n`)
  expect(drafts.length).toBe(1000)
  expect([drafts[999]?.name, drafts[999]?.['place.address'], drafts[999]?.['place.dataType'], drafts[999]?.scale]).toEqual([
    'p999',
    'holding:999',
    'int16',
    '1',
  ])
  expect(pasteInto(drafts, columns, { row: 999, column: 1 }, 'holding:5\nholding:6').length).toBe(1001)
})

test('what is wrong is told by row and cell; empty rows count for nothing', () => {
  const drafts = [
    emptyDraft(columns),
    { ...draftOf(row, columns), scale: 'x' },
    { ...draftOf(row, columns), name: 'nothing', periodMs: '1', 'place.dataType': '大概' },
  ]
  const { problems } = rowsOf(modbus, columns, drafts, properties)
  expect(problems.map((p) => [p.row, p.field, p.code])).toEqual([
    [1, 'scale', 'gateways.rows.notANumber'],
    [2, 'periodMs', 'gateways.rows.periodRange'],
    [2, 'name', 'gateways.rows.propertyUnknown'],
    [2, 'place.dataType', 'gateways.rows.wrong'],
  ])
})

test('names that the thing model lacks become properties of the type their place has, each once', () => {
  const lines = [
    'on\tcoil:0\tbool',
    'voltage\tholding:0\tuint16',
    'flow\tholding:1\tfloat32',
    'flow\tholding:3\tfloat32',
    '1x\tholding:5\tint16',
  ]
  const drafts = pasteInto([], columns, { row: 0, column: 0 }, lines.join('\n'))
  expect(lackingProperties(drafts, properties).map((p) => [p.name, p.valueType])).toEqual([
    ['on', 'boolean'],
    ['flow', 'number'],
  ])
})

test('a row with the access “call” is a command of the thing model with its method; a method is nothing to read', () => {
  const columns = gridColumns(opcua)
  const commands = new Set(['start'])
  const draft = { ...emptyDraft(columns), 'place.address': 'ns=2;s=Robot' }
  const codes = (change: object) =>
    rowsOf(opcua, columns, [{ ...draft, ...change }], new Map(), commands).problems.map(({ field, code }) => `${field} ${code}`)
  expect(codes({ name: 'start', access: 'call', 'place.method': 'ns=2;s=Start' })).toEqual([])
  expect(codes({ name: 'stop', access: 'call', 'place.method': 'ns=2;s=Stop' })).toEqual(['name gateways.rows.commandUnknown'])
  expect(codes({ name: 'start', access: 'call' })).toEqual(['place.method gateways.rows.missing'])
  expect(codes({ name: 'start', access: 'call', 'place.method': 'Start' })).toEqual(['place.method opcua.addressUnreadable'])
  expect(codes({ name: 'start', access: 'r', 'place.method': 'ns=2;s=Start' })).toContain('access gateways.rows.methodIsCalled')
  expect(lackingProperties([{ ...draft, name: 'stop', access: 'call' }], new Map())).toEqual([])
})
