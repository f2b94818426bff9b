import { expect, test } from 'vitest'
import type { Words } from '#ui/i18n.ts'
import en from '../en.json'
import { PointCause, type PointExplanation } from '../explanation-contract.ts'
import zh from '../zh.json'
import { explanationText, type Shown } from './explanation-text.ts'

/** The module's words as the pages find them: `a.b.c`, gaps filled. */
const wordsOf =
  (words: object): Words =>
  (key, values = {}) => {
    const found = key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], words)
    const text = typeof found === 'string' ? found : ((values.defaultValue as string | undefined) ?? key)
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]))
  }

const NOW = Date.parse('2026-03-02T02:06:11Z')
const source: PointExplanation['source'] = {
  gateway: { id: 'g' as never, name: '一号网关', nameEn: null },
  link: { id: 'l' as never, name: '电表总线', protocol: 'modbus', connection: { host: '10.1.2.3', port: 502 } },
  unit: { unitId: 3 },
  pointTableId: 't' as never,
  pointTableName: '电表',
  place: { address: 'holding:0', dataType: 'uint16' },
  periodMs: 1_000,
}
const explained = (change: Partial<PointExplanation>): PointExplanation => ({
  cause: 'unit',
  reason: null,
  quality: null,
  since: null,
  reportedAt: '2026-03-02T02:06:05Z',
  source,
  ...change,
})
const bad: Shown = { status: 'bad', atMs: NOW - 1_000 }
const inChinese = (change: Partial<PointExplanation>, shown = bad) => explanationText(wordsOf(zh), 'zh-CN', explained(change), shown, NOW)

test('a dead slave: which one, since when, the driver’s own words, what to do', () => {
  const text = inChinese({ cause: 'unit', reason: 'modbus.noAnswer', since: '2026-03-02T02:02:11Z' })
  expect(text.what).toContain('设备（站号 3）没有应答，链路“电表总线”本身是通的。')
  expect(text.what).toContain('03-02 10:02:11')
  expect(text.why).toBe('设备在规定时间内无应答。')
  expect(text.advice).toContain('站号与接线')
})

test('five troubles have five explanations, each with advice of its own', () => {
  const texts = [
    inChinese({ cause: 'unit', reason: 'modbus.noAnswer' }),
    inChinese({ cause: 'point', reason: 'modbus.illegalAddress', quality: 'badIllegalAddress' }),
    inChinese({ cause: 'point', reason: 'modbus.notBcd', quality: 'badSensorFailure' }),
    inChinese({ cause: 'link', reason: 'modbus.connectionRefused' }),
    inChinese({ cause: 'gatewaySilent' }),
  ]
  expect(new Set(texts.map(({ what, why }) => `${what} ${why}`)).size).toBe(5)
  expect(new Set(texts.map(({ advice }) => advice)).size).toBe(5)
  expect(texts[1]?.why).toContain('异常 02')
})

test('the device’s own number has its protocol’s words', () => {
  const codeOf = (name: string, value: string) => inChinese({ cause: 'point', shown: { code: { name, value }, frames: [] } }).code
  expect(codeOf('modbus.exception', '2')).toBe('异常码 2')
  expect(codeOf('s7.returnCode', '0x0A')).toBe('返回码 0x0A')
  expect(codeOf('mc.endCode', 'C059')).toBe('结束代码 C059')
  expect(codeOf('dlt645.errorByte', '0x02')).toBe('错误信息字 0x02')
  expect(codeOf('opcua.statusCode', '0x80340000 BadNodeIdUnknown')).toBe('状态码 0x80340000 BadNodeIdUnknown')
  expect(inChinese({}).code).toBe('')
})

test('what the gateway could not know yet is said to be unknown', () => {
  expect(inChinese({ cause: 'read' }).what).toContain('此后的变化尚未报告')
  expect(inChinese({ cause: 'read' }, { status: 'bad', atMs: NOW - 60_000 }).what).not.toContain('尚未报告')
  expect(inChinese({ cause: 'notByGateway', source: null }).what).toContain('由设备标明')
  expect(inChinese({ cause: 'notByGateway', source: null }, { status: 'none', atMs: undefined }).what).toContain('从未发来')
})

test('every cause has words and advice in both languages, nothing left unfilled', () => {
  for (const words of [zh, en])
    for (const cause of PointCause.options)
      for (const shown of [bad, { status: 'none', atMs: undefined }, { status: 'good', atMs: 0 }] as Shown[]) {
        const text = explanationText(wordsOf(words), words === zh ? 'zh-CN' : 'en-US', explained({ cause }), shown, NOW)
        expect(`${text.what} ${text.advice}`).not.toMatch(/explain\.|undefined|\{\{/)
      }
})
