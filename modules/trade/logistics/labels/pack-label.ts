import { unitName } from '#values/units.ts'
import type { Pack, Shipment } from '../contract.ts'
import { elementDay, fitsElement, writeElements } from './element-string.ts'
import type { LabelValues } from './label-text.ts'

const NOTHING = ''
const MAX_WITHIN = 20

/** What a unit holds, with all that stands within it. */
export function contentsWithin(packs: readonly Pack[], pack: Pack, depth = 0): Pack['contents'] {
  if (depth > MAX_WITHIN) return []
  const inner = packs.filter((one) => one.withinNo === pack.packNo)
  return [...pack.contents, ...inner.flatMap((one) => contentsWithin(packs, one, depth + 1))]
}

/** The same value in all, or nothing where they differ. */
function shared(values: readonly (string | null)[]): string {
  const [first] = values
  return first && values.every((value) => value === first) ? first : NOTHING
}

const sum = (texts: readonly string[]): string => {
  const places = Math.max(0, ...texts.map((text) => text.split('.')[1]?.length ?? 0))
  const scale = 10n ** BigInt(places)
  const total = texts.reduce((all, text) => {
    const [whole = '0', fraction = ''] = text.split('.')
    return all + BigInt(whole) * scale + BigInt(fraction.padEnd(places, '0') || '0')
  }, 0n)
  const digits = total.toString().padStart(places + 1, '0')
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '')
}

/**
 * What is printed on one packing unit. The QR code holds GS1 elements in brackets: (00) the unit, (241) the customer's part number, (10)
 * lot, (21) serial, (37) count, (11) made on, (17) expires on, (400) the customer's order; what GS1 does not allow in a value is left out.
 */
export function packLabel(shipment: Shipment, pack: Pack): LabelValues {
  const contents = contentsWithin(shipment.packs, pack)
  const lines = contents.flatMap((content) => shipment.lines.find((line) => line.lineNo === content.lineNo) ?? [])
  const material = shared(lines.map((line) => line.materialCode))
  const one = material !== NOTHING
  const values = {
    lot: shared(contents.map((content) => content.lot)),
    serial: contents.length === 1 ? (contents[0]?.serial ?? NOTHING) : NOTHING,
    quantity: one ? sum(contents.map((content) => content.quantity)) : NOTHING,
    producedOn: shared(contents.map((content) => content.producedOn)),
    expires: shared(contents.map((content) => content.expiresOn)),
    order: shared(lines.map((line) => line.orderNumber)),
  }
  const elements = [
    { ai: '00', value: pack.sscc ?? NOTHING },
    { ai: '241', value: material },
    { ai: '10', value: values.lot },
    { ai: '21', value: values.serial },
    { ai: '37', value: values.quantity },
    { ai: '11', value: values.producedOn === NOTHING ? NOTHING : elementDay(values.producedOn) },
    { ai: '17', value: values.expires === NOTHING ? NOTHING : elementDay(values.expires) },
    { ai: '400', value: values.order },
  ].filter(({ ai, value }) => fitsElement(ai, value))
  return {
    sscc: pack.sscc ?? NOTHING,
    qr: writeElements(elements),
    shipment: shipment.number ?? NOTHING,
    order: values.order,
    buyer: shipment.buyer.name,
    supplier: shipment.supplier.name,
    deliverTo: shipment.deliverTo,
    material,
    materialName: shared(lines.map((line) => line.materialName)),
    supplierCode: shared(lines.map((line) => line.supplierCode)),
    lot: values.lot,
    serial: values.serial,
    quantity: values.quantity,
    // Both partners read Chinese labels; the code itself stands on none.
    unit: unitName(shared(lines.map((line) => line.unit)), false),
    productionDay: values.producedOn,
    expires: values.expires,
    position: `${pack.packNo}/${shipment.packs.length}`,
  }
}
