import { z } from 'zod'
import { type Decimal, decimal, divide } from './decimal.ts'

/** Units of one dimension convert into each other whatever the material. */
export type Dimension = 'count' | 'mass' | 'length' | 'area' | 'volume' | 'time' | 'energy'

interface Unit {
  zh: string
  en: string
  /** With `per`: how many of the dimension's canonical unit it is. */
  dimension?: Dimension
  per?: string
  /** Other words for it in lists that people keep, small letters. */
  aliases: readonly string[]
}

/**
 * Units by the common code of UN/ECE Recommendation 20; packages by Recommendation 21 with X before them, as Recommendation 20 annex VI says.
 * Pieces, pairs and packages convert by a material's own factors alone, dozens and thousands excepted.
 */
const table = {
  H87: { zh: '件', en: 'pc', dimension: 'count', per: '1', aliases: ['pcs', 'pce', 'piece', 'pieces', '块', '枚', '粒', '颗'] },
  C62: { zh: '个', en: 'unit', dimension: 'count', per: '1', aliases: ['只', 'ea', 'each', '支', '根', '条', '把', '顶', 'one'] },
  XUN: { zh: '台', en: 'set (machine)', dimension: 'count', per: '1', aliases: ['辆', '部', 'unit(s)'] },
  DZN: { zh: '打', en: 'dozen', dimension: 'count', per: '12', aliases: ['doz', 'dz'] },
  MIL: { zh: '千件', en: 'thousand', dimension: 'count', per: '1000', aliases: ['千个', '千只', 'k', 'kpcs'] },
  SET: { zh: '套', en: 'set', aliases: ['sets', '组', '付', '副'] },
  PR: { zh: '对', en: 'pair', aliases: ['双', 'pairs', 'prs'] },
  KGM: { zh: '千克', en: 'kg', dimension: 'mass', per: '1', aliases: ['公斤', 'kgs', 'kilogram', 'kilograms'] },
  GRM: { zh: '克', en: 'g', dimension: 'mass', per: '0.001', aliases: ['gram', 'grams'] },
  TNE: { zh: '吨', en: 't', dimension: 'mass', per: '1000', aliases: ['公吨', 'ton', 'tons', 'mt'] },
  MTR: { zh: '米', en: 'm', dimension: 'length', per: '1', aliases: ['公尺', 'meter', 'metre', 'mtr'] },
  MMT: { zh: '毫米', en: 'mm', dimension: 'length', per: '0.001', aliases: ['millimetre', 'millimeter'] },
  CMT: { zh: '厘米', en: 'cm', dimension: 'length', per: '0.01', aliases: ['公分', 'centimetre', 'centimeter'] },
  KMT: { zh: '千米', en: 'km', dimension: 'length', per: '1000', aliases: ['公里', 'kilometre', 'kilometer'] },
  MTK: { zh: '平方米', en: 'm²', dimension: 'area', per: '1', aliases: ['㎡', 'm2', '平米', '平方'] },
  CMK: { zh: '平方厘米', en: 'cm²', dimension: 'area', per: '0.0001', aliases: ['c㎡', 'cm2'] },
  LTR: { zh: '升', en: 'L', dimension: 'volume', per: '1', aliases: ['公升', 'litre', 'liter', 'ltr'] },
  MLT: { zh: '毫升', en: 'mL', dimension: 'volume', per: '0.001', aliases: ['millilitre', 'milliliter'] },
  MTQ: { zh: '立方米', en: 'm³', dimension: 'volume', per: '1000', aliases: ['㎥', 'm3', '立方', '方'] },
  HUR: { zh: '小时', en: 'h', dimension: 'time', per: '1', aliases: ['工时', 'hour', 'hours', 'hr'] },
  MIN: { zh: '分钟', en: 'min', dimension: 'time', per: '0.016667', aliases: ['minute', 'minutes'] },
  KWH: { zh: '千瓦时', en: 'kWh', dimension: 'energy', per: '1', aliases: ['度', '千瓦小时'] },
  XRO: { zh: '卷', en: 'roll', aliases: ['rolls', 'reel', '盘', '捆'] },
  XST: { zh: '张', en: 'sheet', aliases: ['sheets', '片', '幅'] },
  XBX: { zh: '箱', en: 'box', aliases: ['boxes', 'case', 'ctn', 'carton', '纸箱'] },
  XPK: { zh: '包', en: 'pack', aliases: ['packs', 'package', '盒', '小包'] },
  XBG: { zh: '袋', en: 'bag', aliases: ['bags'] },
  XBO: { zh: '瓶', en: 'bottle', aliases: ['bottles'] },
  XCA: { zh: '罐', en: 'can', aliases: ['cans', '听'] },
  XDR: { zh: '桶', en: 'drum', aliases: ['drums', 'barrel'] },
  XTU: { zh: '管', en: 'tube', aliases: ['tubes'] },
  XPX: { zh: '托盘', en: 'pallet', aliases: ['pallets', '托', '栈板'] },
  XCR: { zh: '木箱', en: 'crate', aliases: ['crates', '料箱'] },
} satisfies Record<string, Unit>

export const unitCodes = Object.keys(table) as [keyof typeof table]
export const UnitCode = z.enum(unitCodes)
export type UnitCode = z.infer<typeof UnitCode>

const units: Readonly<Record<string, Unit>> = table

/** What people write: 件, 千克; a code that is not in the table stays as it is. */
export const unitName = (code: string, english: boolean): string => (english ? units[code]?.en : units[code]?.zh) ?? code

const byWord = new Map<string, UnitCode>()
for (const code of unitCodes)
  for (const word of [code, table[code].zh, table[code].en, ...table[code].aliases])
    if (!byWord.has(word.toLowerCase())) byWord.set(word.toLowerCase(), code)

/** By code, name or one of its other words: `kg`, 公斤, `KGM`. */
export const readUnit = (text: string): UnitCode | undefined =>
  byWord.get(text.normalize('NFKC').trim().toLowerCase()) ?? byWord.get(text.trim().toLowerCase())

/** How many `to` one `from` is, where both are of one dimension. */
export function standardFactor(from: string, to: string): Decimal | undefined {
  if (from === to) return decimal('1')
  const [a, b] = [units[from], units[to]]
  if (!a?.per || !b?.per || a.dimension !== b.dimension) return undefined
  const factor = divide(decimal(a.per), decimal(b.per))
  return factor > 0n ? factor : undefined
}
