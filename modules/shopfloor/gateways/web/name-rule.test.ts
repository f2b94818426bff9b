import { pinyin } from 'pinyin-pro'
import { expect, test } from 'vitest'
import { type NameRule, type NameSource, namesByRule, numbered, unknownFields, usualRule } from './name-rule.ts'

const spell = (text: string) => pinyin(text, { toneType: 'none', type: 'array' }).join('')
const source = (name: string, more: Partial<NameSource> = {}): NameSource => ({ folder: '', name, label: '', address: '', ...more })
const named = (rule: Partial<NameRule>, sources: NameSource[], taken: string[] = []) =>
  namesByRule({ ...usualRule, ...rule }, sources, new Set(taken), spell)

test('patterns, cuts, replacements, numbers and spelling make names that the thing model takes', () => {
  const of = (rule: Partial<NameRule>, one: NameSource) => named(rule, [one])[0]?.name
  expect(of({ pattern: '{folder}_{name}' }, source('Ia', { folder: 'Line 1.Meter' }))).toBe('Line_1_Meter_Ia')
  expect(of({}, source('A相电压'))).toBe('A_xiangdianya')
  expect(of({ stripStart: 'PLC1_', letters: 'lower' }, source('PLC1_Speed'))).toBe('speed')
  expect(of({ stripEnd: '_PV', find: 'Temp', replace: 'T' }, source('Temp3_PV'))).toBe('T3')
  expect(of({ pattern: 'p{n:3}', firstNumber: 7 }, source('x'))).toBe('p007')
  expect(of({ pattern: '{address}' }, source('x', { address: '400001' }))).toBe('p_400001')
  expect(of({ pattern: '{label}' }, source('x', { label: 'Überdruck (bar)' }))).toBe('Uberdruck_bar')
  expect(named({ labelPattern: '{folder} {label}' }, [source('x', { folder: '1#', label: '压力' })])[0]?.label).toBe('1# 压力')
})

test('names that are taken, used twice, empty or too long are told; numbers part those that clash', () => {
  const twice = named({}, [source('speed'), source('speed'), source('load')], ['load'])
  expect(twice.map((one) => one.clash)).toEqual([true, true, true])
  expect(numbered(twice, new Set(['load'])).map((one) => one.name)).toEqual(['speed', 'speed_2', 'load_2'])
  expect(named({}, [source('###')])[0]).toMatchObject({ name: '', unfit: true })
  expect(named({}, [source('x'.repeat(65))])[0]?.unfit).toBe(true)
  expect(unknownFields('{folder}_{nam}')).toEqual(['nam'])
})
