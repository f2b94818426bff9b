import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AnyImportDefinition } from '#kernel/imports/definition.ts'
import { findHead } from '#kernel/imports/head.ts'
import { arrange, parseRow } from '#kernel/imports/rows.ts'
import { kernelWords } from '#kernel/kernel-words.ts'
import { readSpreadsheet, type SheetRow } from '#kernel/spreadsheet.ts'
import { streamWorkbook } from '#kernel/spreadsheet-writer.ts'
import { translator } from '#kernel/words.ts'
import { RuleInput } from '../contract.ts'
import en from '../en.json' with { type: 'json' }
import zh from '../zh.json' with { type: 'json' }
import rowsEn from './import-words/en.json' with { type: 'json' }
import rowsZh from './import-words/zh.json' with { type: 'json' }
import { cellsOfRule, fieldProblems, type RuleRowRead, ruleColumns, ruleOfRow } from './rule-sheet.ts'

const translate = translator({ ...kernelWords, alarms: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } } })
const definition = { wordsAt: 'alarms.importRows', columns: ruleColumns } as unknown as AnyImportDefinition
const ID = '0193a5f0-0000-7000-8000-000000000001'

/** Written as the export writes it, opened as the import opens it. */
async function thereAndBack(rules: readonly RuleInput[], locale: 'zh-CN' | 'en-US'): Promise<RuleInput[]> {
  const word = (key: string) => translate(locale, key) ?? key
  const columns = Object.keys(ruleColumns).map((key) => ({ title: word(`alarms.importRows.columns.${key}`) }))
  const written = rules.map((rule) => cellsOfRule({ ...rule, id: ID, version: 3, deviceCode: rule.deviceId && 'DC-01' }, word))
  const chunks: Uint8Array[] = []
  for await (const chunk of streamWorkbook('rules', columns, written)) chunks.push(chunk)
  const sheet: SheetRow[] = []
  for await (const rows of readSpreadsheet(Buffer.concat(chunks))) sheet.push(...rows)
  const head = findHead(definition, sheet.slice(0, 1), translate)
  assert.deepEqual(head.unknown, [])
  return sheet.slice(1).map((row, i) => {
    const { value, problems } = parseRow(definition, arrange(definition, head, row)!, translate)
    const read = value as RuleRowRead
    assert.deepEqual([...problems, ...fieldProblems(read)], [], JSON.stringify(rules[i]))
    assert.deepEqual([read.device, read.model, read.rule, read.version], [rules[i]?.deviceId && 'DC-01', rules[i]?.modelCode, ID, 3])
    return RuleInput.parse(ruleOfRow(read, { deviceId: rules[i]!.deviceId, modelCode: rules[i]!.modelCode }))
  })
}

const finite = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constantFrom(0.1, 0.30000000000000004, 1e-9, 85))
  .map((n) => (Object.is(n, -0) ? 0 : n))
const positive = finite.map((n) => Math.abs(n) || 1)
const point = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/)
const codes = fc.array(fc.integer({ min: -40, max: 70_000 }), { minLength: 1, maxLength: 50 })
/** What people type: Chinese, signs that a spreadsheet gives a meaning to, several lines. */
const sentence = fc
  .array(fc.constantFrom('轴承', '温度', '=1+1', '"', '，', '、', ';', '<b>', '&', '007', '-', '+', '@', ' ', '\n', 'x', '50%'), {
    maxLength: 12,
  })
  .map((parts) => parts.join('').trim())
const condition = fc.oneof(
  fc.record({
    kind: fc.constant('limit' as const),
    level: fc.constantFrom('HH', 'H', 'L', 'LL'),
    limit: finite,
    deadband: finite.map(Math.abs),
  }),
  fc.record({
    kind: fc.constant('rate' as const),
    direction: fc.constantFrom('rise', 'fall', 'either'),
    limit: positive,
    perS: fc.constantFrom(1, 60, 3600),
    deadband: finite.map(Math.abs),
  }),
  fc.record({ kind: fc.constant('deviation' as const), from: fc.oneof(finite, point), limit: positive, deadband: finite.map(Math.abs) }),
  fc.record({ kind: fc.constant('state' as const), values: codes }),
  fc.record({
    kind: fc.constant('expression' as const),
    expression: fc.constantFrom(
      'temp > 80 && press < 0.6',
      'active ? temp > 75 : temp > 80',
      '-temp < 5 || !(run == 1)',
      '!(state in [1, 3]) && abs(a - b) >= 1e-3',
      'bit(word, 3)\n  || temp > 1.5e3',
      'temp>80',
    ),
  }),
  fc.record({ kind: fc.constant('noData' as const), afterS: fc.integer({ min: 5, max: 604_800 }) }),
)
const minutes = fc.option(fc.integer({ min: 1, max: 1440 }))
const rule = fc
  .record({
    name: sentence.map((text) => text.replaceAll('\n', ' ').trim() || 'A'),
    nameEn: fc.constantFrom(null, 'Too hot', '=HOT'),
    ofModel: fc.boolean(),
    pointName: point,
    condition,
    onDelayS: fc.integer({ min: 0, max: 3600 }),
    offDelayS: fc.integer({ min: 0, max: 3600 }),
    badQuality: fc.constantFrom('ignore', 'raise'),
    suppression: fc.option(fc.record({ pointName: point, values: codes })),
    priority: fc.constantFrom('critical', 'high', 'medium', 'low'),
    latched: fc.boolean(),
    cause: sentence,
    consequence: sentence,
    response: sentence,
    responseMinutes: minutes,
    notify: fc.boolean(),
    escalateMinutes: minutes,
  })
  .map(({ ofModel, ...one }) => RuleInput.parse({ ...one, deviceId: ofModel ? null : ID, modelCode: ofModel ? 'press' : null }))

test('every kind of rule comes back from a workbook as it was', async () => {
  for (const locale of ['zh-CN', 'en-US'] as const) {
    const rules = fc.sample(rule, 400)
    assert.deepEqual(await thereAndBack(rules, locale), rules)
  }
})

test('what a condition needs is asked for, and what does not belong to it is not dropped', () => {
  const empty = Object.fromEntries(Object.keys(ruleColumns).map((key) => [key, null])) as unknown as RuleRowRead
  const found = (row: Partial<RuleRowRead>) =>
    fieldProblems({ ...empty, ...row }).map(({ column, code }) => `${column} ${code.split('.').at(-1)}`)
  assert.deepEqual(found({ kind: 'limit', limit: 5 }), ['level needed'])
  assert.deepEqual(found({ kind: 'rate', direction: 'rise', limit: 0, per: '60' }), ['limit positive'])
  assert.deepEqual(found({ kind: 'state', limit: 5, states: [1] }), ['limit notOfKind'])
  assert.deepEqual(found({ kind: 'noData', afterS: 60, suppressionPoint: 'run' }), ['suppressionStates suppression'])
  assert.deepEqual(found({ kind: 'expression', expression: 'a > 1', deadband: 2 }), ['deadband notOfKind'])
  assert.deepEqual(found({}), [], 'the cell itself is said to be wrong')
})
