import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerParts, connectRequest, readRequest, readResults, setupRequest, takeUnits, type Unit, variableOf, writeBit } from './pdu.ts'

// Frames as Snap7 and Wireshark's captures of S7-300 and S7-1200 have them.

const hex = (bytes: Buffer) => bytes.toString('hex')

test('the handshake and the requests are those of the published captures', () => {
  assert.equal(hex(connectRequest(0x0100, 0x0102)), '0300001611e00000000100c0010ac1020100c2020102')
  assert.equal(hex(setupRequest(0xffff, 1, 480)), '0300001902f08032010000ffff00080000f0000001000101e0')
  assert.equal(
    hex(readRequest(1, [variableOf({ area: 'DB', db: 1 }, 0, 4)])),
    '0300001f02f080320100000001000e00000401120a10020004000184000000',
  )
  assert.equal(
    hex(writeBit(2, { area: 'M', db: 0, offset: 10 }, 3, true)),
    '0300002402f080320100000002000e00050501120a10010001000083000053000300' + '0101',
  )
})

test('an answer with a refused variable between two good ones is read, odd lengths with their fill byte', () => {
  const frame = Buffer.from('0300002602f0803203000000050002000f00000403' + 'ff04000801' + '00' + '0a000000' + 'ff0400100203', 'hex')
  frame.writeUInt16BE(frame.length, 2)
  frame.writeUInt16BE(frame.length - 7 - 14, 15)
  const units: Unit[] = []
  assert.equal(
    takeUnits(frame, [], (_, unit) => units.push(unit)),
    frame.length,
  )
  const answer = answerParts(units[0]!.payload, 0x04)
  assert.ok(answer.kind === 'answer')
  const variables = [
    variableOf({ area: 'M', db: 0 }, 0, 1),
    variableOf({ area: 'DB', db: 9 }, 0, 2),
    variableOf({ area: 'M', db: 0 }, 4, 2),
  ]
  assert.deepEqual(
    readResults(variables, answer)?.map((result) => (result.kind === 'bytes' ? hex(result.bytes) : result.code)),
    ['01', 0x0a, '0203'],
  )
})

test('a PDU in two transport units is put together, wherever the stream is cut', () => {
  const whole = Buffer.from('0300000902f0003203' + '0300000f02f080000000070002000000', 'hex')
  whole.writeUInt16BE(whole.length - 9, 11)
  for (let cut = 1; cut < whole.length; cut++) {
    const kept: Buffer[] = []
    const payloads: string[] = []
    const take = (_: number, { payload }: Unit) => payloads.push(hex(payload))
    const first = whole.subarray(0, cut)
    const used = takeUnits(first, kept, take)
    assert.ok(used !== undefined)
    takeUnits(Buffer.concat([first.subarray(used), whole.subarray(cut)]), kept, take)
    assert.deepEqual(payloads, ['3203000000070002000000'])
  }
})
