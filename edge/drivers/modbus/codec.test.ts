import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decoderOf, encode } from './codec.ts'
import { type DataType, dataTypes, type ModbusPlace, modbus } from './config.ts'

const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const
const place = (dataType: DataType, more: Partial<ModbusPlace> = {}): ModbusPlace =>
  modbus.place.parse({ address: dataType === 'bool' ? 'hr:0.0' : 'hr:0', dataType, ...more })
const decoded = (of: ModbusPlace, hex: string, bit?: number) => decoderOf(of, bit)(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0)
const reason = (of: ModbusPlace, value: unknown) => {
  const encoded = encode(of, value as never)
  return encoded.kind === 'refused' ? encoded.reason : encoded.bytes.toString('hex')
}

const bits = (count: bigint) => fc.bigInt({ min: 0n, max: 2n ** count - 1n })
const signed = (count: bigint) => fc.bigInt({ min: -(2n ** (count - 1n)), max: 2n ** (count - 1n) - 1n })
const values: Record<Exclude<DataType, 'bool' | 'string'>, fc.Arbitrary<number | bigint>> = {
  uint16: bits(16n).map(Number),
  int16: signed(16n).map(Number),
  bcd16: fc.nat(9_999),
  uint32: bits(32n).map(Number),
  int32: signed(32n).map(Number),
  bcd32: fc.nat(99_999_999),
  float32: fc.float({ noNaN: true, noDefaultInfinity: true }),
  uint64: bits(64n),
  int64: signed(64n),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true }),
}

for (const dataType of dataTypes) {
  if (dataType === 'bool' || dataType === 'string') continue
  test(`${dataType}: what is written is read again, in every order and at every position`, () => {
    fc.assert(
      fc.property(values[dataType], fc.constantFrom(...orders), fc.nat(9), (value, order, before) => {
        const of = place(dataType, { order })
        const encoded = encode(of, value)
        assert.equal(encoded.kind, 'bytes')
        if (encoded.kind !== 'bytes') return
        const data = Buffer.concat([Buffer.alloc(before, 0xee), encoded.bytes, Buffer.alloc(2, 0xee)])
        assert.deepEqual(decoderOf(of)(data, before), value)
      }),
    )
  })
}

test('the orders mean what their letters say', () => {
  const byOrder = (dataType: DataType, hex: Record<(typeof orders)[number], string>) =>
    orders.map((order) => decoded(place(dataType, { order }), hex[order]))
  // 123456.75 = 47 F1 20 60
  assert.deepEqual(
    byOrder('float32', { ABCD: '47f12060', CDAB: '206047f1', BADC: 'f1476020', DCBA: '6020f147' }),
    Array(4).fill(123_456.75),
  )
  assert.deepEqual(byOrder('int32', { ABCD: 'fffffffe', CDAB: 'fffeffff', BADC: 'fffffeff', DCBA: 'feffffff' }), Array(4).fill(-2))
  assert.deepEqual(
    byOrder('uint64', { ABCD: '0102030405060708', CDAB: '0708050603040102', BADC: '0201040306050807', DCBA: '0807060504030201' }),
    Array(4).fill(0x0102030405060708n),
  )
  assert.deepEqual(byOrder('uint16', { ABCD: '0102', CDAB: '0102', BADC: '0201', DCBA: '0201' }), Array(4).fill(0x0102))
})

test('64 bits keep every digit', () => {
  assert.equal(decoded(place('uint64'), 'ffffffffffffffff'), 18_446_744_073_709_551_615n)
  assert.equal(decoded(place('int64'), '8000000000000000'), -9_223_372_036_854_775_808n)
  assert.equal(reason(place('uint64'), '18446744073709551615'), 'ffffffffffffffff')
})

test('a bit is counted from the least significant one', () => {
  const set = Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => decoded(place('bool'), '8005', bit))
  assert.deepEqual(set, [0, 2, 15])
})

test('NaN, infinity and what is no BCD are bad values, not numbers', () => {
  const bad = (dataType: DataType, hex: string) => (decoded(place(dataType), hex) as { reason: string }).reason
  assert.equal(bad('float32', '7fc00000'), 'modbus.notANumber')
  assert.equal(bad('float32', 'ff800000'), 'modbus.notANumber')
  assert.equal(bad('float64', '7ff8000000000000'), 'modbus.notANumber')
  assert.equal(bad('bcd16', '1a00'), 'modbus.notBcd')
  assert.equal(bad('bcd32', 'ffffffff'), 'modbus.notBcd')
  assert.equal(decoded(place('bcd32'), '12345678'), 12_345_678)
})

test('texts: both byte orders, padding, encodings, and bytes that are no text', () => {
  const ascii = place('string', { length: 6 })
  assert.equal(decoded(ascii, '50 2d 37 00 41 41'), 'P-7')
  assert.equal(decoded(place('string', { length: 6, order: 'BADC' }), '2d50 0037 4141'), 'P-7')
  assert.equal(decoded(place('string', { length: 3 }), '50 2d 37 41'), 'P-7', 'the other half of the last register is not its own')
  assert.equal(decoded(ascii, '20 41 20 20 20 20'), ' A')
  assert.equal((decoded(ascii, 'ffffffffffff') as { reason: string }).reason, 'modbus.notText')
  assert.equal(decoded(place('string', { length: 6, encoding: 'gb18030' }), 'd6d0 ce c4 00 00'), '中文')
  assert.equal(decoded(place('string', { length: 6, encoding: 'utf-8' }), 'e4b8ad e69687'), '中文')
  assert.equal((decoded(place('string', { length: 4, encoding: 'utf-8' }), 'd6d0cec4') as { reason: string }).reason, 'modbus.notText')
})

test('a text is read as it was written', () => {
  const characters = {
    ascii: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
    'utf-8': fc.string({ unit: 'grapheme', maxLength: 8 }),
    gb18030: fc.string({ unit: fc.constantFrom(...'中文铝合金压铸机℃αⅣ龥A1-'), maxLength: 20 }),
  }
  for (const encoding of ['ascii', 'utf-8', 'gb18030'] as const)
    fc.assert(
      fc.property(characters[encoding], fc.constantFrom(...orders), (text, order) => {
        const of = place('string', { length: 246, order, encoding })
        const encoded = encode(of, text)
        assert.equal(encoded.kind, 'bytes')
        if (encoded.kind === 'bytes') assert.equal(decoderOf(of)(encoded.bytes, 0), text.trimEnd())
      }),
    )
})

test('what does not fit is refused before it is sent', () => {
  const expected: [ModbusPlace, unknown, string][] = [
    [place('uint16'), 65_536, 'modbus.valueOutOfRange'],
    [place('uint16'), -1, 'modbus.valueOutOfRange'],
    [place('int16'), 1.5, 'modbus.wrongType'],
    [place('int16'), true, 'modbus.wrongType'],
    [place('int32'), 'seven', 'modbus.wrongType'],
    [place('int64'), 2 ** 63, 'modbus.wrongType'],
    [place('int64'), 2n ** 63n, 'modbus.valueOutOfRange'],
    [place('bcd16'), 10_000, 'modbus.valueOutOfRange'],
    [place('float32'), 1e39, 'modbus.valueOutOfRange'],
    [place('float64'), Number.NaN, 'modbus.valueOutOfRange'],
    [place('float32'), '1', 'modbus.wrongType'],
    [place('string', { length: 4 }), 'five5', 'modbus.textTooLong'],
    [place('string', { length: 4 }), '中', 'modbus.textNotInEncoding'],
    [place('string', { length: 4 }), 'a\0b', 'modbus.textNotInEncoding'],
    [place('string', { length: 8, encoding: 'gb18030' }), '😀', 'modbus.textNotInEncoding'],
    [place('string', { length: 8 }), 5, 'modbus.wrongType'],
  ]
  for (const [of, value, wanted] of expected) assert.equal(reason(of, value), wanted, `${of.dataType} ${String(value)}`)
})
