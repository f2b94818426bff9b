import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAddress, formatReference, parseAddress } from './address.ts'

const located = (text: string) => {
  const parsed = parseAddress(text)
  assert.equal(parsed.kind, 'address', `${text}: ${JSON.stringify(parsed)}`)
  return parsed.kind === 'address' ? parsed.address : undefined
}
const refused = (text: string) => {
  const parsed = parseAddress(text)
  return parsed.kind === 'problem' ? parsed.code : JSON.stringify(parsed.address)
}

test('references count from 1, names from 0', () => {
  for (const text of ['40001', '400001', '4x0001', '4X1', 'holding:0', 'hr:0', 'HR : 0', 'hr：0', ' hr:0x0 '])
    assert.deepEqual(located(text), { table: 'holding', offset: 0 }, text)
  assert.deepEqual(located('00017'), { table: 'coil', offset: 16 })
  assert.deepEqual(located('0x0017'), { table: 'coil', offset: 16 })
  assert.deepEqual(located('10001'), { table: 'discrete', offset: 0 })
  assert.deepEqual(located('39999'), { table: 'input', offset: 9998 })
  assert.deepEqual(located('465536'), { table: 'holding', offset: 65_535 })
  assert.deepEqual(located('ir:0x1F'), { table: 'input', offset: 31 })
})

test('bits of registers', () => {
  assert.deepEqual(located('hr:100.3'), { table: 'holding', offset: 100, bit: 3 })
  assert.deepEqual(located('4x0101.15'), { table: 'holding', offset: 100, bit: 15 })
  assert.deepEqual(located('40101.03'), { table: 'holding', offset: 100, bit: 3 })
  assert.deepEqual(located('30101.10'), { table: 'input', offset: 100, bit: 10 })
})

test('a spreadsheet’s 40101.1, once 40101.10, is refused and not read as bit 1', () => {
  assert.equal(refused('40101.1'), 'modbus.addressBitDigits')
})

test('what cannot be an address says why', () => {
  const expected: Record<string, string> = {
    '': 'modbus.addressUnreadable',
    D100: 'modbus.addressUnreadable',
    '-1': 'modbus.addressUnreadable',
    '4.0001e4': 'modbus.addressUnreadable',
    'hr:': 'modbus.addressUnreadable',
    'hr:1.2.3': 'modbus.addressUnreadable',
    '20001': 'modbus.addressUnreadable',
    'register:4': 'modbus.addressTableUnknown',
    '1': 'modbus.addressDigits',
    '101': 'modbus.addressDigits',
    '4000001': 'modbus.addressDigits',
    '40000': 'modbus.addressOutOfRange',
    '4x0': 'modbus.addressOutOfRange',
    '465537': 'modbus.addressOutOfRange',
    'hr:65536': 'modbus.addressOutOfRange',
    'hr:99999999999999999999999999': 'modbus.addressOutOfRange',
    'coil:3.1': 'modbus.addressBitOfCoil',
    'hr:3.16': 'modbus.addressBitOutOfRange',
  }
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((text) => [text, refused(text)])), expected)
})

test('an address written in either way is read as itself', () => {
  const register = fc.record({
    table: fc.constantFrom('input' as const, 'holding' as const),
    offset: fc.nat(65_535),
    bit: fc.option(fc.nat(15), { nil: undefined }),
  })
  const coil = fc.record({ table: fc.constantFrom('coil' as const, 'discrete' as const), offset: fc.nat(65_535) })
  fc.assert(
    fc.property(fc.oneof(register, coil), (address) => {
      const wanted = JSON.parse(JSON.stringify(address))
      assert.deepEqual(located(formatAddress(address as never)), wanted)
      assert.deepEqual(located(formatReference(address as never)), wanted)
    }),
  )
})
