import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LinkLost } from '../driver.ts'
import { formatNode, formatStep, nodeIdText, parseNode, parsePath } from './address.ts'
import { builtIn, decode, encode } from './codec.ts'
import { opcua } from './config.ts'
import { isOverflow, judge, stampOf } from './status.ts'

test('a node is written as the standard has it, its namespace by URI or by index', () => {
  const namespaces = ['http://opcfoundation.org/UA/', 'urn:plant', 'http://x.cn/a;b']
  const cases: [string, string | undefined][] = [
    ['nsu=urn:plant;s=Line 1.Temp;x', 'ns=1;s=Line 1.Temp;x'],
    ['nsu=http://x.cn/a%3Bb;i=7', 'ns=2;i=7'],
    ['nsu=urn:other;i=7', undefined],
    ['ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a', 'ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a'],
    ['ns=9;i=7', undefined],
    [' i=2258 ', 'ns=0;i=2258'],
    ['ns=1;b=M/RbKBsRVkePCePcx24oRA==', 'ns=1;b=M/RbKBsRVkePCePcx24oRA=='],
    ['nsu=urn:plant;s={unit}.Temp', 'ns=1;s=M1.Temp'],
  ]
  for (const [text, expected] of cases) {
    const parsed = parseNode(text, 'M1')
    assert.ok(parsed.kind === 'node', text)
    assert.equal(nodeIdText(parsed.node, namespaces), expected, text)
  }
  const wrong = ['', 'Line 1', 's=', 'ns=70000;i=1', 'i=4294967296', 'i=-1', 'g=1234', 'b=%%', 'nsu=;s=x', 'ns=x;s=y']
  for (const text of wrong) assert.equal(parseNode(text).kind, 'problem', text)
  assert.equal(formatNode('http://x.cn/a;b', 's', 'q', false), 'nsu=http://x.cn/a%3Bb;s=q')
  assert.equal(formatNode('http://opcfoundation.org/UA/', 'i', '85', true), 'i=85')
})

test('a browse path is written name by name, each with whose it is', () => {
  const path = `/${formatStep('http://x.cn/a;b', 'Speed [m/s] & more', false)}/${formatStep('', 'CurrentState', true)}/ns=2;X`
  assert.equal(path, '/nsu=http://x.cn/a%3Bb;Speed [m&/s] && more/CurrentState/ns=2;X')
  assert.deepEqual(parsePath(path), {
    kind: 'path',
    steps: [
      { namespace: { uri: 'http://x.cn/a;b' }, name: 'Speed [m/s] & more' },
      { namespace: { index: 0 }, name: 'CurrentState' },
      { namespace: { index: 2 }, name: 'X' },
    ],
  })
  for (const text of ['', 'Identification', '/', '//x', '/a/', '/a&b', '/nsu=;x', '/ns=70000;x', '/a'.repeat(17)])
    assert.equal(parsePath(text).kind, 'problem', text)
  assert.equal(opcua.place.safeParse({ address: '{unit}' }).success, true)
  assert.equal(opcua.place.safeParse({ address: '{unit}', path: 'x' }).success, false)
})

test('what a server writes of itself fits where it is told', () => {
  const { details } = new LinkLost('opcua.securityNotOffered', undefined, { offered: `None\0${'😀'.repeat(1_000)}` })
  assert.equal(details.offered, `None ${'😀'.repeat(247)}\ufffd`)
})

test('a status code is told as the quality that it means', () => {
  const cases: [number, string, string | undefined][] = [
    [0x0000_0000, 'good', undefined],
    [0x0000_0480, 'good', undefined],
    [0x0096_0000, 'goodManual', undefined],
    [0x4090_0000, 'uncertainLastKnown', 'opcua.lastUsable'],
    [0x4000_0000, 'uncertain', 'opcua.uncertain'],
    [0x8034_0000, 'badIllegalAddress', 'opcua.nodeUnknown'],
    [0x808c_0000, 'badSensorFailure', 'opcua.sensorFailure'],
    [0x8031_0000, 'badNoCommunication', 'opcua.deviceNoCommunication'],
    [0x80ff_0000, 'bad', 'opcua.bad'],
    [0xc000_0000, 'bad', 'opcua.bad'],
  ]
  for (const [code, quality, reason] of cases) assert.deepEqual(judge(code), { quality, ...(reason ? { reason } : {}) }, code.toString(16))
  assert.deepEqual([isOverflow(0x480), isOverflow(0x400), isOverflow(0x80)], [true, false, false])
})

test('a stamp that nobody can mean is dropped and the value doubted; no stamp is none', () => {
  const now = Date.UTC(2026, 10, 27)
  assert.deepEqual(stampOf(now - 1, now), { sourceMs: now - 1, doubted: false })
  assert.deepEqual(stampOf(Date.UTC(2018, 0, 1), now), { sourceMs: Date.UTC(2018, 0, 1), doubted: false })
  assert.deepEqual(stampOf(now + 180_000, now), { sourceMs: now + 180_000, doubted: false })
  assert.deepEqual(stampOf(now + 300_000, now), { doubted: true })
  assert.deepEqual(stampOf(Date.UTC(1970, 0, 1), now), { doubted: true })
  assert.deepEqual(stampOf(Date.UTC(1601, 0, 1), now), { doubted: false })
  assert.deepEqual(stampOf(undefined, now), { doubted: false })
})

test('one value or the word why it is none', () => {
  const one = (dataType: number, value: unknown) => decode({ dataType, arrayType: 0, value }, false)
  const value = (dataType: number, given: unknown) => {
    const decoded = one(dataType, given)
    return decoded.kind === 'value' ? decoded.value : decoded.reason
  }
  assert.equal(value(builtIn.float, Math.fround(20.1)), 20.1)
  assert.equal(value(builtIn.float, Math.fround(16_777_217)), 16_777_216)
  assert.equal(value(builtIn.float, Math.fround(1 / 3)), 0.33333334)
  assert.equal(value(builtIn.double, 1 / 3), 1 / 3)
  assert.equal(value(builtIn.double, Number.NaN), 'opcua.notANumber')
  assert.equal(value(builtIn.int64, [0xffff_ffff, 0xffff_ffff]), -1n)
  assert.equal(value(builtIn.uint64, [0xffff_ffff, 0xffff_ffff]), 2n ** 64n - 1n)
  assert.equal(value(builtIn.dateTime, new Date(1_514_764_800_000)), 1_514_764_800_000)
  assert.equal(value(builtIn.localizedText, { text: '运行', locale: 'zh' }), '运行')
  assert.equal(value(builtIn.string, 'x'.repeat(1_001)), 'opcua.textTooLong')
  assert.equal(value(builtIn.extensionObject, {}), 'opcua.structureNotRead')
  assert.equal(value(builtIn.byteString, Buffer.from('x')), 'opcua.typeNotRead')
  assert.equal(value(builtIn.double, null), 'opcua.noValue')
  assert.deepEqual(decode({ dataType: builtIn.double, arrayType: 1, value: [1, 2] }, false), { kind: 'none', reason: 'opcua.arrayNotRead' })
  assert.deepEqual(decode({ dataType: builtIn.double, arrayType: 1, value: [2] }, true), { kind: 'value', value: 2 })
})

test('what is written is of the node’s type or refused', () => {
  const kindOf = (dataType: number, given: number | bigint | boolean | string) => {
    const encoded = encode(dataType, given)
    return encoded.kind === 'value' ? encoded.value : encoded.reason
  }
  assert.equal(kindOf(builtIn.byte, 255), 255)
  assert.equal(kindOf(builtIn.byte, 256), 'opcua.valueOutOfRange')
  assert.equal(kindOf(builtIn.int16, 1.5), 'opcua.wrongType')
  assert.equal(kindOf(builtIn.boolean, 1), 'opcua.wrongType')
  assert.equal(kindOf(builtIn.string, 1), 'opcua.wrongType')
  assert.equal(kindOf(builtIn.float, 1e39), 'opcua.valueOutOfRange')
  assert.equal(kindOf(builtIn.dateTime, 1), 'opcua.typeNotWritten')
  assert.deepEqual(kindOf(builtIn.int64, -1n), [0xffff_ffff, 0xffff_ffff])
  assert.equal(kindOf(builtIn.uint64, -1n), 'opcua.valueOutOfRange')
})

test('settings that would hand a password to anybody are refused', () => {
  const reasons = (settings: object) =>
    opcua.connection.safeParse({ host: '10.0.0.1', ...settings }).error?.issues.map(({ path, message }) => [path[0], message]) ?? []
  assert.deepEqual(reasons({}), [])
  assert.deepEqual(reasons({ identity: 'userName', userName: 'anna', security: 'none' }), [['security', 'opcua.signInNeedsSecurity']])
  assert.deepEqual(reasons({ identity: 'userName' }), [['userName', 'opcua.userNameMissing']])
  assert.deepEqual(reasons({ identity: 'certificate' }), [['userCertificate', 'opcua.userCertificateMissing']])
  assert.deepEqual(reasons({ serverThumbprint: '12:34' }), [['serverThumbprint', 'opcua.thumbprintUnreadable']])
})
