import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, readCode } from './enrolment-code.ts'

test('a code is three groups of four letters that nobody misreads, each of them as likely as any other', () => {
  assert.equal(codeOf(Uint8Array.from([0, 31, 32, 255, 1, 2, 3, 4, 5, 6, 7, 8])), '0Z0Z-1234-5678')
  const seen = new Set([...Array(256).keys()].map((byte) => codeOf(new Uint8Array(12).fill(byte))[0]))
  assert.equal(seen.size, 32)
  assert.ok(!/[ILOU]/.test([...seen].join('')))
})

test('a code is read as it was meant, however it was typed', () => {
  const meant = readCode('7K3M-Q10D-8RTV')
  for (const typed of ['7k3m-q1od-8rtv', ' 7K3M QI0D 8RTV\n', '7K3MQlOD8RTV']) assert.equal(readCode(typed), meant)
})
