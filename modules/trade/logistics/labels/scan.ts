import { sameGtin } from '#values/gtin.ts'
import { type BarcodeValues, compileTemplate, readByTemplate } from './barcode-template.ts'
import { dayOfElement, type Element, looksLikeElements, readElements } from './element-string.ts'
import { isSscc } from './sscc.ts'

export type Scanned = { kind: 'pack'; sscc: string; values: BarcodeValues } | { kind: 'goods'; values: BarcodeValues } | { kind: 'unknown' }

const MAX_CHARACTERS = 400

/**
 * What a scanned or typed code says: a packing unit, or material, lot, quantity and so on. `templates` are those of the suppliers whose goods
 * are expected, in the order in which they are to be tried; they come after what says of itself that it is GS1, and after `goodsCodes`, what the
 * catalogue says is printed on the goods.
 */
export function readScan(text: string, templates: readonly string[], today: string, goodsCodes: readonly { code: string }[] = []): Scanned {
  const code = text.trim()
  if (code === '' || code.length > MAX_CHARACTERS) return { kind: 'unknown' }
  if (isSscc(code)) return { kind: 'pack', sscc: code, values: {} }
  if (looksLikeElements(code)) return byElements(code, today)
  if (goodsCodes.some((one) => sameGtin(one.code, code))) return { kind: 'goods', values: { gtin: code } }
  for (const template of templates) {
    const compiled = compileTemplate(template)
    const values = 'parts' in compiled ? readByTemplate(compiled.parts, code) : undefined
    if (values) return values.sscc === undefined ? { kind: 'goods', values } : { kind: 'pack', sscc: values.sscc, values }
  }
  // A scanner that says nothing of the symbology: an SSCC with its identifier is told by length and check digit.
  return /^00\d{18}$/.test(code) ? byElements(code, today) : { kind: 'unknown' }
}

function byElements(code: string, today: string): Scanned {
  const read = readElements(code)
  if (read.kind === 'bad') return { kind: 'unknown' }
  const values = valuesOf(read.elements, today)
  if (values.sscc !== undefined) return { kind: 'pack', sscc: values.sscc, values }
  return Object.keys(values).length > 0 ? { kind: 'goods', values } : { kind: 'unknown' }
}

function valuesOf(elements: readonly Element[], today: string): BarcodeValues {
  const of = (...ais: string[]) => elements.find(({ ai }) => ais.includes(ai))?.value
  const day = (...ais: string[]) => {
    const value = of(...ais)
    return value === undefined ? undefined : dayOfElement(value, today)
  }
  const count = of('37', '30')
  const found = {
    sscc: of('00'),
    gtin: of('01', '02'),
    material: of('241'),
    supplierMaterial: of('240'),
    lot: of('10'),
    serial: of('21'),
    quantity: count === undefined ? undefined : String(Number(count)),
    productionDay: day('11', '13'),
    expires: day('17', '15'),
    order: of('400'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}
