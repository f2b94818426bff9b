import { expect, test } from 'vitest'
import { dlt645 } from '#edge/drivers/dlt645/config.ts'
import { mc } from '#edge/drivers/mc/config.ts'
import { modbus } from '#edge/drivers/modbus/config.ts'
import { opcua } from '#edge/drivers/opcua/config.ts'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { s7 } from '#edge/drivers/s7/config.ts'
import { gridColumns, rowsOf } from './table-draft.ts'
import { findTagList, readTags, rowsOfTags, stationsOf } from './tag-list.ts'

// Titles and what each holds: kepware.com/Products/feature-csvimportexport.htm, “CSV import and export”; the form of a line as the server
// writes it (name, address and description in quotes), which a dozen generators of such files on GitHub make alike.
const KEPWARE =
  'Tag Name,Address,Data Type,Respect Data Type,Client Access,Scan Rate,Scaling,Raw Low,Raw High,Scaled Low,Scaled High,Scaled Data Type,Clamp Low,Clamp High,Eng Units,Description,Negate Value'
const kepware = (address: string, type: string, { name = 'T', access = 'R/W', scaling = '', rest = ',,,,,,,,' } = {}) =>
  `${name},${address},${type},1,${access},100,${scaling}${scaling === '' ? ',,,,,,,,' : rest},,描述,`
// EMQX Neuron, “Import and export of configuration” and a list exported as CSV: one line per tag, the group with its interval repeated.
const NEURON = 'group,interval,name,address,attribute,type,description,decimal,precision,bias'
const neuron = (address: string, type: string, { attribute = 'Read', decimal = '', bias = '' } = {}) =>
  `G1,500,T,${address},${attribute},${type},描述,${decimal},,${bias}`

type Row = string | string[]
const lines = (...rows: Row[]) => rows.map((row, i) => ({ rowNo: i + 1, cells: typeof row === 'string' ? row.split(',') : row }))

function read(head: string, rows: Row[], protocol: Protocol, wordOrder: 'ABCD' | 'CDAB' = 'CDAB') {
  const file = lines(head, ...rows)
  const found = findTagList(file)
  if (!found) throw new Error('no list of tags')
  const result = readTags(file, found, protocol.name, { wordOrder })
  const columns = gridColumns(protocol)
  const { drafts, properties } = rowsOfTags(result.tags, columns, new Set(), () => 'x')
  const known = new Map(properties.map((one) => [one.name as string, { valueType: one.valueType }]))
  return { ...result, properties, ...rowsOf(protocol, columns, drafts, known) }
}
const placeOf = (head: string, row: Row, protocol: Protocol) => {
  const { left, problems, rows } = read(head, [row], protocol)
  return problems.length > 0 ? problems : (left[0]?.reason ?? rows[0]?.place)
}

test('KEPServerEX, Modbus: references, bits, texts and scaling (Modbus Ethernet driver help, “Modbus Addressing”)', () => {
  const of = (address: string, type: string) => placeOf(KEPWARE, kepware(address, type), modbus)
  expect(of('400001', 'Word')).toMatchObject({ address: '400001', dataType: 'uint16' })
  expect(of('41', 'Short')).toMatchObject({ address: '400001', dataType: 'int16' })
  expect(of('000001', 'Boolean')).toMatchObject({ address: '000001', dataType: 'bool' })
  expect(of('300010.15', 'Boolean')).toMatchObject({ address: '300010.15', dataType: 'bool' })
  expect(of('400011', 'Float')).toMatchObject({ address: '400011', dataType: 'float32', order: 'CDAB' })
  expect(of('400100.20L', 'String')).toMatchObject({ address: '400100', dataType: 'string', length: 20, order: 'BADC' })
  expect(of('400100', 'String')).toBe('length')
  expect(of('400100[4]', 'Word')).toBe('address')
  expect(of('400100', 'Word Array')).toBe('array')
  expect(of('400100', 'Date')).toBe('type')
  expect(of('H400001', 'Word')).toBe('address')
  expect(read(KEPWARE, [kepware('400011', 'Long')], modbus, 'ABCD').rows[0]?.place).toMatchObject({ order: 'ABCD' })
})

test('KEPServerEX: groups, access, period, linear scaling and what of it cannot be taken over', () => {
  const name = '锅炉.1号.出口温度'
  const scaled = ',0,27648,-50,150,Double,1,1,℃'
  const { tags, unclamped, properties, rows } = read(
    KEPWARE,
    [`${name},400001,Short,1,RO,250,Linear${scaled},出口温度,0`, `${name},400002,Short,1,R/W,,Linear,0,1000,0,100,Double,0,0,,,1`],
    modbus,
  )
  expect(tags[0]).toMatchObject({
    folder: '锅炉.1号',
    name: '出口温度',
    unit: '℃',
    label: '出口温度',
    access: 'r',
    periodMs: 250,
    offset: -50,
  })
  expect(tags[0]?.scale).toBeCloseTo(200 / 27_648, 12)
  expect(tags[1]).toMatchObject({ scale: -0.1, access: 'rw', periodMs: 1_000 })
  expect(unclamped).toBe(1)
  expect(rows.map((row) => row.name)).toEqual(['x', 'x_2'])
  expect(properties[0]).toMatchObject({ label: '出口温度', unit: '℃', valueType: 'number', kind: 'instant' })
  const left = (row: string) => read(KEPWARE, [row], modbus).left
  expect(left(kepware('400001', 'Word', { access: 'WO' }))).toMatchObject([{ rowNo: 2, column: 'Client Access', reason: 'writeOnly' }])
  expect(left(kepware('400001', 'Word', { scaling: 'Square Root' }))).toMatchObject([
    { column: 'Scaling', text: 'Square Root', reason: 'scaling' },
  ])
  expect(left(kepware('400001', 'Word', { scaling: 'Linear', rest: ',5,5,0,1,,,,' }))).toMatchObject([{ reason: 'scaling' }])
})

test('KEPServerEX, Siemens: its own and STEP 7’s way of writing (Siemens TCP/IP Ethernet help, “Standard S7-300/400/1200/1500 Item Syntax”)', () => {
  const of = (address: string, type: string) => placeOf(KEPWARE, ['T', address, type, '1', 'R/W', '100'], s7)
  expect(of('DB1,INT4', 'Short')).toMatchObject({ address: 'DB1.DBW4', dataType: 'int16' })
  expect(of('DB1,REAL8', 'Float')).toMatchObject({ address: 'DB1.DBD8', dataType: 'float32' })
  expect(of('DB20,LREAL16', 'Double')).toMatchObject({ dataType: 'float64' })
  expect(of('DB1,X0.3', 'Boolean')).toMatchObject({ address: 'DB1.DBX0.3', dataType: 'bool' })
  expect(of('DB5,STRING10.20', 'String')).toMatchObject({ address: 'DB5.DBB10', dataType: 'string', form: 'string', length: 20 })
  expect(of('DB3.DBW12', 'Word')).toMatchObject({ address: 'DB3.DBW12', dataType: 'uint16' })
  expect(of('DB3.DBX0.0', 'Boolean')).toMatchObject({ address: 'DB3.DBX0.0', dataType: 'bool' })
  expect(of('MW10', 'Word')).toMatchObject({ address: 'MW10', dataType: 'uint16' })
  expect(of('M0.7', 'Boolean')).toMatchObject({ address: 'M0.7', dataType: 'bool' })
  expect(of('C5', 'Word')).toMatchObject({ address: 'C5', dataType: 'counter' })
  expect(of('PIW256', 'Word')).toBe('peripheral')
  expect(of('DB1,W0[4]', 'Word')).toBe('array')
})

test('Neuron, Modbus: the examples of its documentation (South devices, Modbus TCP, “Example Addresses”)', () => {
  const of = (address: string, type: string) => placeOf(NEURON, neuron(address, type), modbus)
  expect(of('1!300004', 'int16')).toMatchObject({ address: '300004', dataType: 'int16' })
  expect(of('1!400004#B', 'UINT16')).toMatchObject({ address: '400004', dataType: 'uint16', order: 'BADC' })
  expect(of('1!400004#BL', 'float')).toMatchObject({ dataType: 'float32', order: 'CDAB' })
  expect(of('1!400004#LB', 'uint32')).toMatchObject({ dataType: 'uint32', order: 'BADC' })
  expect(of('1!400004#BB', 'uint32')).toMatchObject({ dataType: 'uint32', order: 'DCBA' })
  expect(of('1!400004#LL', 'int32')).toMatchObject({ dataType: 'int32', order: 'ABCD' })
  expect(of('2!400001.15', 'bit')).toMatchObject({ address: '400001.15', dataType: 'bool' })
  expect(of('1!000001', 'BIT')).toMatchObject({ address: '000001', dataType: 'bool' })
  expect(of('1!400001.10H', 'String')).toMatchObject({ address: '400001', dataType: 'string', length: 10, order: 'ABCD' })
  expect(of('1!400001.10D', 'String')).toBe('textForm')
  expect(of('1!40001', 'int16')).toMatchObject({ address: '400001' })
  expect(of('1!M_ME_NC!1', 'FLOAT')).toBe('address')
  expect(of('1!400001', 'BYTES')).toBe('type')
})

test('Neuron: stations, intervals, attributes, decimal and bias', () => {
  const rows = [
    neuron('1!400001', 'UINT16', { attribute: 'Read Write', decimal: '0.1', bias: '-40' }),
    neuron('2!400001', 'UINT16'),
    neuron('', 'STRING', { attribute: 'Static' }),
    neuron('1!400002', 'UINT16', { attribute: 'Write' }),
  ]
  const { tags, left } = read(NEURON, rows, modbus)
  expect(tags[0]).toMatchObject({ folder: 'G1', label: '描述', periodMs: 500, scale: 0.1, offset: -40, access: 'rw', station: '1' })
  expect([...stationsOf(tags)]).toEqual([
    ['1', 1],
    ['2', 1],
  ])
  expect(left.map(({ rowNo, reason }) => ({ rowNo, reason }))).toEqual([
    { rowNo: 4, reason: 'static' },
    { rowNo: 5, reason: 'writeOnly' },
  ])
})

test('Neuron, other protocols: the examples of their pages; what is not clear there is not guessed', () => {
  const of = (address: string, type: string, protocol: Protocol) => placeOf(NEURON, neuron(address, type), protocol)
  expect(of('DB10.DBW10', 'float', s7)).toMatchObject({ address: 'DB10.DBD10', dataType: 'float32' })
  expect(of('O2', 'int16', s7)).toMatchObject({ address: 'QW2', dataType: 'int16' })
  expect(of('F2.1', 'bit', s7)).toMatchObject({ address: 'M2.1', dataType: 'bool' })
  expect(of('DB1.DBW10.1', 'bit', s7)).toBe('wordBit')
  expect(of('T6', 'int16', s7)).toBe('timer')
  expect(of('D20.10', 'bit', mc)).toMatchObject({ address: 'D20.A', dataType: 'bool' })
  expect(of('D200', 'uint32', mc)).toMatchObject({ address: 'D200', dataType: 'uint32' })
  expect(of('ZR100', 'int16', mc)).toBe('address')
  expect(of('2!Device1.Module1.Tag1', 'INT8', opcua)).toMatchObject({ address: 'ns=2;s=Device1.Module1.Tag1' })
  expect(of('0!2258', 'UINT32', opcua)).toMatchObject({ address: 'ns=0;i=2258' })
  expect(of('1[2]!array1d', 'STRING', opcua)).toMatchObject({ address: 'ns=1;s=array1d', index: 2 })
  expect(of('123456789012#02-01-01-00', 'UINT16', dlt645)).toMatchObject({ address: '02010100' })
  // The driver places the point of this identifier itself.
  expect(read(NEURON, [neuron('1#02-01-01-00', 'UINT16', { decimal: '0.1' })], dlt645).rows[0]?.scale).toBe(1)
  expect(placeOf(KEPWARE, kepware('400001', 'Word'), dlt645)).toBe('protocol')
})

test('a list is known by its titles, in any order and behind remarks; a table of our own is none', () => {
  expect(findTagList(lines('; Exported', KEPWARE))?.head).toBe(1)
  expect(findTagList(lines('type,attribute,address,name,group'))?.list).toBe('neuron')
  expect(findTagList(lines('标识,地址,数据类型'))).toBeUndefined()
  expect(findTagList([])).toBeUndefined()
})
