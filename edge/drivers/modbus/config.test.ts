import assert from 'node:assert/strict'
import { test } from 'node:test'
import { locate, modbus } from './config.ts'

const problemOf = (place: Record<string, unknown>) => {
  const parsed = modbus.place.safeParse(place)
  return parsed.success ? undefined : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')
}

test('a place says where it lies and how many registers it takes', () => {
  const placed = (place: Record<string, unknown>) => locate(modbus.place.parse(place))
  assert.deepEqual(placed({ address: '40011', dataType: 'float64' }), { table: 'holding', offset: 10, size: 4 })
  assert.deepEqual(placed({ address: 'hr:7.3', dataType: 'bool' }), { table: 'holding', offset: 7, bit: 3, size: 1 })
  assert.deepEqual(placed({ address: 'ir:0', dataType: 'string', length: 7 }), { table: 'input', offset: 0, size: 4 })
  assert.deepEqual(placed({ address: '00001', dataType: 'bool' }), { table: 'coil', offset: 0, size: 1 })
})

test('what does not fit together is said at its field', () => {
  assert.equal(problemOf({ address: '40001', dataType: 'bool' }), 'address modbus.bitMissing')
  assert.equal(problemOf({ address: '00001', dataType: 'uint16' }), 'dataType modbus.coilIsBool')
  assert.equal(problemOf({ address: 'hr:1.3', dataType: 'uint16' }), 'dataType modbus.bitIsBool')
  assert.equal(problemOf({ address: 'hr:1', dataType: 'string' }), 'length modbus.lengthMissing')
  assert.equal(problemOf({ address: 'hr:65533', dataType: 'int64' }), 'address modbus.addressBeyondEnd')
  assert.equal(problemOf({ address: 'hr:65532', dataType: 'int64' }), undefined)
  assert.equal(problemOf({ address: 'D7', dataType: 'int16' }), 'address modbus.addressUnreadable')
})

test('a link needs its host only', () => {
  assert.deepEqual(modbus.connection.parse({ host: '10.1.2.3' }), {
    framing: 'tcp',
    host: '10.1.2.3',
    port: 502,
    baudRate: '9600',
    parity: 'none',
    stopBits: '1',
    connectTimeoutMs: 3_000,
    requestTimeoutMs: 1_000,
    maxRegisters: 125,
    maxCoils: 2_000,
    gapRegisters: 16,
    pauseMs: 0,
    maxInFlight: 1,
  })
  assert.equal(modbus.connection.safeParse({ host: 'a b' }).success, false)
  assert.equal(modbus.connection.safeParse({ host: 'a', maxRegisters: 126 }).success, false)
})
