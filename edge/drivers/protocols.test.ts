import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { driverRules } from './driver-rules.ts'
import { fieldsOf } from './protocol-fields.ts'
import { protocols } from './protocols.ts'

const Checklist = z.record(z.string(), z.union([z.strictObject({ done: z.string() }), z.strictObject({ exempt: z.string().min(20) })]))

for (const [name, protocol] of Object.entries(protocols)) {
  const folder = join(import.meta.dirname, name)

  test(`${name} is data: flat fields, each with words in both languages`, () => {
    assert.equal(protocol.name, name)
    const words = [protocol.label]
    for (const schema of [protocol.connection, protocol.unit, protocol.place])
      for (const field of fieldsOf(schema)) {
        words.push({ zh: field.zh, en: field.en }, ...Object.values(field.choices ?? {}))
        if (field.hint) words.push(field.hint)
        if (field.secret) assert.equal(field.kind, 'text', `${field.name} is secret, so a text`)
      }
    for (const { zh, en } of words) assert.ok(zh && en, `${name}: a word is missing beside ${zh ?? en}`)
  })

  test(`${name} answers every rule for drivers, by a file or a reason`, () => {
    const checklist = Checklist.parse(parse(readFileSync(join(folder, 'checklist.yaml'), 'utf8')))
    assert.deepEqual(Object.keys(checklist), Object.keys(driverRules))
    for (const [rule, answer] of Object.entries(checklist))
      if ('done' in answer) assert.ok(existsSync(join(folder, answer.done)), `${rule}: ${answer.done} is missing`)
  })

  test(`${name}’s sample configuration is one`, () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    assert.ok(readme.split('\n').length <= 61, 'README.md has at most 60 lines')
    const sample = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? 'null')
    protocol.connection.strict().parse(sample.connection)
    protocol.unit.strict().parse(sample.unit)
    assert.ok(sample.points.length > 0)
    for (const point of sample.points) protocol.place.parse(point)
  })
}

test('what a link over TCP needs, one over a serial port does not, and the other way round', () => {
  for (const [name, field] of [
    ['modbus', 'framing'],
    ['dlt645', 'line'],
  ] as const) {
    const { connection } = protocols[name]!
    const missing = (settings: object) => connection.safeParse(settings).error?.issues.map(({ path }) => path.join('.')) ?? []
    assert.deepEqual(missing({ host: '10.1.2.3', port: 502 }), [])
    assert.equal(missing({})[0], 'host')
    assert.deepEqual(missing({ [field]: 'serial', device: '/dev/serial/by-id/usb-FTDI_FT232R-if00-port0' }), [])
    assert.deepEqual(missing({ [field]: 'serial', host: '10.1.2.3', port: 502 }), ['device'])
    for (const device of ['/etc/passwd', '/dev/../etc/passwd', 'ttyUSB0', '/dev/tty USB0', '-F'])
      assert.deepEqual(missing({ [field]: 'serial', device }), ['device'], device)
  }
})

test('a protocol’s schema is read as fields, in order', () => {
  const hint = { zh: 'IP 地址或主机名', en: 'IP address or host name' }
  const host = { name: 'host', kind: 'text', zh: '主机', en: 'Host', hint }
  const port = { name: 'port', kind: 'number', required: false, zh: '端口', en: 'Port', min: 1, max: 65_535 }
  assert.deepEqual(fieldsOf(protocols.s7!.connection).slice(0, 2), [
    { ...host, required: true },
    { ...port, default: 102 },
  ])
  const overTcp = { field: 'framing', is: ['tcp', 'rtu'] }
  assert.deepEqual(fieldsOf(protocols.modbus!.connection).slice(1, 3), [
    { ...host, required: false, when: { ...overTcp, needed: true } },
    { ...port, default: 502, when: overTcp },
  ])
  const order = fieldsOf(protocols.modbus!.place).find(({ name }) => name === 'order')
  assert.deepEqual([order?.kind, Object.keys(order?.choices ?? {}), order?.default], ['choice', ['ABCD', 'CDAB', 'BADC', 'DCBA'], 'ABCD'])
})
