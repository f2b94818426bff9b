import type { LabelCode } from '../label-contract.ts'

/** What stands on the label of a packing unit; every text is as printed, empty where there is nothing. */
export const labelFields = [
  'sscc',
  'qr',
  'shipment',
  'order',
  'buyer',
  'supplier',
  'deliverTo',
  'material',
  'materialName',
  'supplierCode',
  'lot',
  'serial',
  'quantity',
  'unit',
  'productionDay',
  'expires',
  'position',
] as const
export type LabelField = (typeof labelFields)[number]
export type LabelValues = Record<LabelField, string>

export type LabelLanguage = 'zpl' | 'tspl'
export type LabelFault = 'unknownField' | 'noBegin' | 'tooLong'

const FIELD = /\{\{\s*(\w+)\s*\}\}/g
const MAX_TEMPLATE = 8_000

/** What is wrong with a buyer's own format; undefined: nothing. */
export function labelFault(language: LabelLanguage, template: string): { fault: LabelFault; what: string } | undefined {
  if (template.length > MAX_TEMPLATE) return { fault: 'tooLong', what: String(MAX_TEMPLATE) }
  const unknown = [...template.matchAll(FIELD)].find(([, name]) => !(labelFields as readonly string[]).includes(name ?? ''))
  if (unknown) return { fault: 'unknownField', what: unknown[1] ?? '' }
  const [begin, end] = language === 'zpl' ? [/\^XA/i, /\^XZ/i] : [/^\s*SIZE\b/im, /^\s*PRINT\b/im]
  return begin.test(template) && end.test(template)
    ? undefined
    : { fault: 'noBegin', what: language === 'zpl' ? '^XA … ^XZ' : 'SIZE … PRINT' }
}

/**
 * ZPL II: what commands begin with is written in hexadecimal (^FH); so a name from a supplier is printed and never carried out.
 * TSPL2: a quotation mark within a text is `\["]`.
 */
const escapes: Record<LabelLanguage, (text: string) => string> = {
  zpl: (text) => text.replace(/[\^~_]/g, (c) => `_${c.charCodeAt(0).toString(16).toUpperCase()}`),
  tspl: (text) => text.replaceAll('"', '\\["]'),
}

/** One label in the printer's language. */
export function labelText(language: LabelLanguage, template: string, values: LabelValues): string {
  const plain = (name: string) => (values[name as LabelField] ?? '').replace(/\p{Cc}+/gu, ' ')
  return template.replace(FIELD, (_, name: string) => escapes[language](plain(name)))
}

/** Each printer's own commands for the square code; the Data Matrix is that of ECC 200. */
const squares: Record<LabelLanguage, Record<LabelCode, string>> = {
  zpl: { qr: '^FO520,420^BQN,2,5^FH^FDMA,{{qr}}^FS', matrix: '^FO520,420^BXN,5,200^FH^FD{{qr}}^FS' },
  tspl: { qr: 'QRCODE 520,420,M,5,A,0,"{{qr}}"', matrix: 'DMATRIX 520,420,260,260,x5,"{{qr}}"' },
}

/** 100 × 150 mm at 203 dpi: as the GS1 logistic label, A6. Printers need a font with Chinese signs (SWISS UNICODE, or their maker's). */
const standards: Record<LabelLanguage, (square: string) => string> = {
  zpl: (square) => `^XA
^CI28
^PW799
^LL1199
^FO30,30^A0N,30,30^FH^FD{{supplier}}^FS
^FO30,70^A0N,30,30^FH^FD→ {{buyer}} {{deliverTo}}^FS
^FO30,110^GB739,3,3^FS
^FO30,130^A0N,44,44^FH^FD{{material}}^FS
^FO30,185^A0N,30,30^FH^FD{{materialName}}^FS
^FO30,235^A0N,60,60^FH^FD{{quantity}} {{unit}}^FS
^FO30,310^A0N,30,30^FH^FDLOT {{lot}}  SN {{serial}}^FS
^FO30,350^A0N,30,30^FH^FD{{productionDay}}  EXP {{expires}}^FS
^FO30,390^A0N,30,30^FH^FD{{order}}  {{shipment}}  {{position}}^FS
${square}
^FO30,440^GB460,3,3^FS
^FO60,800^BY3^BCN,220,N,N,N^FD>;>800{{sscc}}^FS
^FO160,1040^A0N,44,44^FD(00) {{sscc}}^FS
^XZ
`,
  tspl: (square) => `SIZE 100 mm,150 mm
GAP 3 mm,0
CODEPAGE UTF-8
CLS
TEXT 30,30,"SIMHEI.TTF",0,10,10,"{{supplier}}"
TEXT 30,70,"SIMHEI.TTF",0,10,10,"→ {{buyer}} {{deliverTo}}"
BAR 30,110,739,3
TEXT 30,130,"SIMHEI.TTF",0,14,14,"{{material}}"
TEXT 30,185,"SIMHEI.TTF",0,10,10,"{{materialName}}"
TEXT 30,235,"SIMHEI.TTF",0,18,18,"{{quantity}} {{unit}}"
TEXT 30,310,"SIMHEI.TTF",0,10,10,"LOT {{lot}}  SN {{serial}}"
TEXT 30,350,"SIMHEI.TTF",0,10,10,"{{productionDay}}  EXP {{expires}}"
TEXT 30,390,"SIMHEI.TTF",0,10,10,"{{order}}  {{shipment}}  {{position}}"
${square}
BARCODE 60,800,"EAN128",220,0,0,3,3,"(00){{sscc}}"
TEXT 160,1040,"SIMHEI.TTF",0,14,14,"(00) {{sscc}}"
PRINT 1,1
`,
}
export const standardLabel = (language: LabelLanguage, code: LabelCode): string => standards[language](squares[language][code])
