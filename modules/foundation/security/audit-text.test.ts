import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translator } from '#kernel/words.ts'
import { actionText, changesOf, entityText, fieldText, type Look, valueText } from './audit-text.ts'
import en from './en.json' with { type: 'json' }
import { csvCell } from './server/audit-csv.ts'
import zh from './zh.json' with { type: 'json' }

const moulds = { zh: { name: '模具', entities: { mould: '模具' }, auditFields: { shots: '模次' } }, en: { name: 'Moulds' } }
const translate = translator({ security: { zh, en }, moulds })
const look: Look = (key, values) => translate('zh-CN', key.replace(':', '.'), values)

test('a record, an action and a field are called by their own module’s words, else by ours, else by what they are', () => {
  assert.equal(entityText('plant.node', look), '工厂位置')
  assert.equal(entityText('moulds.mould', look), '模具')
  assert.equal(entityText('moulds.insert', look), '模具')
  assert.equal(entityText('unknown.thing', look), 'unknown.thing')
  assert.equal(actionText('update', look), '修改')
  assert.equal(actionText('access.logInFailed', look), '登录失败')
  assert.equal(fieldText('moulds.mould', 'shots', look), '模次')
  assert.equal(fieldText('moulds.mould', 'serial', look), '序列号')
  assert.equal(fieldText('moulds.mould', 'gate_count', look), 'gate count')
})

test('what changed, without what serves the platform alone', () => {
  const before = { id: 'a', org_id: 'o', version: 1, name: '旧', scopes: ['a'], note: null, kept: 1 }
  const after = { ...before, version: 2, name: '新', scopes: ['a', 'b'], note: 'x' }
  assert.deepEqual(changesOf(before, after), [
    { field: 'name', before: '旧', after: '新' },
    { field: 'scopes', before: ['a'], after: ['a', 'b'] },
    { field: 'note', before: null, after: 'x' },
  ])
  assert.deepEqual(
    changesOf(null, after).map((change) => change.field),
    ['name', 'scopes', 'note', 'kept'],
  )
  assert.deepEqual(changesOf(null, null), [])
})

test('values as a person reads them', () => {
  const cases: [field: string, value: unknown, text: string][] = [
    ['name', null, '—'],
    ['name', '', '—'],
    ['scopes', [], '—'],
    ['active', true, '是'],
    ['tier', 0, '0'],
    ['minute_of_day', 485, '08:05'],
    ['delay_minutes', 90, '90'],
    ['valid_from', '2026-11-22T06:00:00+00:00', '2026-11-22 14:00:00'],
    ['date', '2026-11-22', '2026-11-22'],
    ['device_id', '019ab000-0000-7000-8000-0000deadbeef', '编号 …adbeef'],
    ['status', 'retired', '停用'],
    ['data_set', 'telemetry.values', '设备测量值'],
    ['name', 'retired', 'retired'],
    ['fields', ['temperature', 'power'], 'temperature、power'],
    ['secret_hash', '[changed]', '（已更改，保密，不显示）'],
    ['states', { '0': '停' }, '{"0":"停"}'],
  ]
  for (const [field, value, text] of cases) assert.equal(valueText(field, value, look), text, `${field} ${JSON.stringify(value)}`)
})

test('a cell never becomes a formula', () => {
  assert.equal(csvCell('=HYPERLINK("http://x")'), `"'=HYPERLINK(""http://x"")"`)
  assert.equal(csvCell('@x'), `'@x`)
  assert.equal(csvCell('a,b'), '"a,b"')
  assert.equal(csvCell(-5), '-5')
  assert.equal(csvCell(null), '')
  assert.equal(csvCell('—'), '—')
})
