import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoDrawing } from './demo-drawing.ts'

test('a drawing of the demo is a PDF whose table of offsets is right, and says what it is of', () => {
  const block = {
    code: 'DC-1',
    title: 'Crankcase (left)',
    sheet: 'Part drawing',
    specification: '左',
    revision: 'B',
    effectiveFrom: '2026-10-01',
  }
  const file = demoDrawing(block).toString('latin1')
  assert.ok(file.startsWith('%PDF-1.4\n'))
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1])
  assert.equal(file.slice(start, start + 4), 'xref')
  const offsets = [...file.slice(start).matchAll(/^(\d{10}) 00000 n /gm)].map((found) => Number(found[1]))
  assert.equal(offsets.length, 5)
  for (const [i, offset] of offsets.entries()) assert.ok(file.startsWith(`${i + 1} 0 obj`, offset))
  const stream = /stream\n([\s\S]*?)\nendstream/.exec(file)?.[1] ?? ''
  assert.ok(file.includes(`/Length ${stream.length} `))
  for (const words of ['DEMO', 'DC-1  Crankcase \\(left\\)', '2026-10-01', '5 x D18']) assert.ok(file.includes(words), words)
})
