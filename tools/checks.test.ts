import assert from 'node:assert/strict'
import { test } from 'node:test'
import { glossaryProblems } from './check-glossary.ts'
import { foreignSchemas } from './check-sql.ts'
import { differences, reasonProblems } from './check-words.ts'
import { withoutComments } from './source-files.ts'

test('SQL that names another module’s schema is found, its own and the kernel’s is not', () => {
  const text = 'select *\nfrom plant.site s\njoin devices.device d using (id)\ninsert into kernel.outbox default values'
  assert.deepEqual(foreignSchemas('plant', text), ['3: SQL names the schema devices, which is another module’s'.replace('’', "'")])
  assert.deepEqual(foreignSchemas('devices', "devicesErrors.notFound(); t('from plant')"), [])
})

test('comments are blanked and lines stay where they are', () => {
  assert.equal(
    withoutComments("a // b\n/* c\nd */ e\n'http://x'")
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n'),
    "a\n\n     e\n'http://x'",
  )
})

test('words: missing keys, empty texts and other placeholders are found; English may count one and other', () => {
  const zh = new Map([
    ['a', '甲'],
    ['b', '{{ n }} 台'],
    ['n_other', '{{count}} 个'],
    ['e', ''],
  ])
  const en = new Map([
    ['b', '{{m}} machines'],
    ['n_one', '{{count}} piece'],
    ['n_other', '{{count}} pieces'],
    ['e', 'x'],
  ])
  assert.deepEqual(differences(zh, en), [
    'a is missing in the other language',
    'b has other placeholders in the other language',
    'e is empty',
  ])
  assert.deepEqual(differences(en, zh), ['b has other placeholders in the other language'])
})

test('glossary: each word once, every module in it', () => {
  const text = '| 中文 | English | code |\n|---|---|---|\n| 设备 | device | `devices` |\n| 设备 | machine | `machine` |\n'
  assert.deepEqual(glossaryProblems(text, ['devices', 'plant']), ['中文 stands twice: 设备', 'the module `plant` has no row'])
})

test('a driver’s reasons are its words: none without, none too many', () => {
  const code = "fail('modbus.noAnswer'); const other = 'plant.noAnswer'; lose(`modbus.garbage`)"
  assert.deepEqual(reasonProblems('modbus', code, ['noAnswer', 'garbage']), [])
  assert.deepEqual(reasonProblems('modbus', code, ['noAnswer', 'slow']), ['modbus.garbage has no words', 'slow is no reason of the driver'])
})
