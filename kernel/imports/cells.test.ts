import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CellKind, choiceCell, codeCell, dateCell, numberCell, textCell, yesNoCell } from './cells.ts'

const words: Record<string, string> = { 'zh-CN state.active': '在用', 'en-US state.active': 'In use', 'zh-CN state.planned': '计划（P）' }
const translate = (locale: string, key: string) => words[`${locale} ${key}`]
const read = (cell: CellKind<unknown>, text: string) => {
  const answer = cell.read(text, translate)
  return 'value' in answer ? answer.value : answer.problem.code
}

test('numbers come as they are typed in China: grouped, full-width, with a currency sign or per cent', () => {
  const number = numberCell()
  const typed = ['1234.5', '1,234.5', '１，２３４．５', '-3', '¥1,234.50', '50%', '1e3', '.5', '1,23', 'abc', '1.2.3', '12 kg', '']
  assert.deepEqual(
    typed.map((text) => read(number, text)),
    [1234.5, 1234.5, 1234.5, -3, 1234.5, 0.5, 1000, 0.5, 'notNumber', 'notNumber', 'notNumber', 'notNumber', 'notNumber'],
  )
  const port = numberCell({ min: 1, max: 65_535, whole: true })
  assert.deepEqual(
    ['502', '0', '1.5', '70000'].map((text) => read(port, text)),
    [502, 'outOfRange', 'notWhole', 'outOfRange'],
  )
})

test('dates in the ways they are written, and none that does not exist', () => {
  const typed = [
    '2026-11-22',
    '2026/1/2',
    '2026.11.22',
    '2026年11月2日',
    '20261122',
    '2026-11-22 00:00:00',
    '2026-02-30',
    '22/11/2026',
    '46348',
  ]
  assert.deepEqual(
    typed.map((text) => read(dateCell(), text)),
    ['2026-11-22', '2026-01-02', '2026-11-22', '2026-11-02', '2026-11-22', '2026-11-22', 'notDate', 'notDate', 'notDate'],
  )
})

test('a choice is known by its word in both languages and by its name; yes and no in the usual ways', () => {
  const state = choiceCell(['active', 'planned'], (value) => `state.${value}`)
  assert.deepEqual(
    ['在用', 'in use', 'ACTIVE', '计划(P)', '计划（P）', '计划', '报废'].map((text) => read(state, text)),
    ['active', 'active', 'active', 'planned', 'planned', 'planned', 'notAChoice'],
  )
  assert.deepEqual(
    ['是', 'Y', '√', 'TRUE', '１', '否', 'no', '0', '也许'].map((text) => read(yesNoCell(), text)),
    [true, true, true, true, true, false, false, false, 'notYesNo'],
  )
})

test('a code in full-width letters is the plain one; a text keeps its width', () => {
  const code = codeCell({ pattern: /^[A-Z]-\d+$/, problem: 'x.code' })
  assert.deepEqual(
    ['Ａ－１２', 'A-12', 'a 12'].map((text) => read(code, text)),
    ['A-12', 'A-12', 'x.code'],
  )
  assert.deepEqual(
    [
      read(textCell({ max: 3 }), '（一）'),
      read(textCell({ max: 3 }), '四个字了'),
      read(textCell({ max: 9 }), '一 \n二'),
      read(textCell({ max: 9, lines: true }), '一\n二'),
    ],
    ['（一）', 'tooLong', '一 二', '一\n二'],
  )
})
