import assert from 'node:assert/strict'
import { test } from 'node:test'
import { s7 } from './config.ts'

const problem = (place: object) => s7.place.safeParse(place).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []

test('addresses as TIA, STEP 7 and the manuals write them', () => {
  for (const [address, dataType] of [
    ['DB1.DBX0.3', 'bool'],
    ['%DB1.DBW2', 'int16'],
    ['db12.dbd4', 'float32'],
    ['DB1, DBB7', 'uint8'],
    ['DB1.8', 'float64'],
    ['DB1.DBX8.0', 'int64'],
    ['DB1.DBB8', 'int64'],
    ['DB1.0.3', 'bool'],
    ['%MW10', 'uint16'],
    ['M 0.1', 'bool'],
    ['EB3', 'uint8'],
    ['A4.7', 'bool'],
    ['VD100', 'float32'],
    ['T17', 'timer'],
    ['Z4', 'counter'],
  ])
    assert.deepEqual(problem({ address, dataType }), [], address)
})

test('what makes no sense is refused at its field', () => {
  for (const [place, found] of [
    [{ address: '40001', dataType: 'int16' }, 'address s7.addressUnreadable'],
    [{ address: 'DB0.DBW0', dataType: 'int16' }, 'address s7.addressBeyondEnd'],
    [{ address: 'DB1.DBW65535', dataType: 'int16' }, 'address s7.addressBeyondEnd'],
    [{ address: 'DB1.DBX0.8', dataType: 'bool' }, 'address s7.bitBeyondEnd'],
    [{ address: 'DB1.DBW0', dataType: 'bool' }, 'address s7.bitMissing'],
    [{ address: 'M0.3', dataType: 'int16' }, 'dataType s7.bitIsBool'],
    [{ address: 'DB1.DBW0', dataType: 'float32' }, 'dataType s7.widthDiffers'],
    [{ address: 'DB1.DBD0', dataType: 'int16' }, 'dataType s7.widthDiffers'],
    [{ address: 'T5', dataType: 'int16' }, 'dataType s7.timerOrCounter'],
    [{ address: 'MW5', dataType: 'counter' }, 'dataType s7.timerOrCounter'],
    [{ address: 'DB1.0', dataType: 'string' }, 'length s7.lengthMissing'],
  ] as const)
    assert.deepEqual(problem(place), [found], place.address)
})
