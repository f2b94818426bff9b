import type { Content, Definition } from 'pdfmake'
import { barsPicture, matrixPicture, qrPicture } from './label-codes.ts'
import type { LabelCode, LabelSize, PrintedLabel, PrintedLabels } from './printer.ts'

const POINTS_PER_MM = 72 / 25.4
const mm = (millimetres: number): number => millimetres * POINTS_PER_MM

/** Eight on a sheet of A4, as cut sheets of 99.1 × 67.7 mm are sold everywhere. */
const CELL = { width: 99.1, height: 67.7, gap: 2.5, columns: 2, rows: 4 }

interface Layout {
  inner: number
  head: number
  big: number
  name: number
  quantity: number
  details: number
  square: number
  /** Their height; with their quiet zones they are as wide as the label. */
  bars: number
  code: number
}
const layouts: Record<LabelSize, Layout> = {
  '100x150': { inner: 90, head: 10, big: 22, name: 12, quantity: 26, details: 11, square: 40, bars: 28, code: 13 },
  '100x50': {
    inner: 94,
    head: 6.5,
    big: 12,
    name: 7.5,
    quantity: 13,
    details: 6.5,
    square: 18,
    bars: 10,
    code: 7.5,
  },
  a4: { inner: 91, head: 7.5, big: 14, name: 9, quantity: 16, details: 7.5, square: 30, bars: 15, code: 9 },
}

/** As much as fits one line: a Chinese sign is as wide as it is high, a Latin one about half of that. */
export function oneLine(text: string, fontSize: number, widthMm: number): string {
  let left = mm(widthMm)
  let end = 0
  for (const sign of text) {
    left -= /[\u0020-\u007e]/.test(sign) ? fontSize * 0.58 : fontSize
    if (left < 0) return `${text.slice(0, Math.max(0, end - 1))}…`
    end += sign.length
  }
  return text
}

const pictures: Record<LabelCode, (text: string) => string> = { qr: qrPicture, matrix: matrixPicture }

function label(one: PrintedLabel, code: LabelCode, look: Layout): Content {
  const beside = look.inner - look.square - 2
  const line = (text: string, fontSize: number, width: number, bold = false): Content => ({
    text: oneLine(text, fontSize, width),
    fontSize,
    bold,
  })
  return {
    stack: [
      ...one.head.map((text) => line(text, look.head, look.inner)),
      { ...(line(one.big, look.big, look.inner, true) as object), margin: [0, 2, 0, 0] },
      line(one.name, look.name, look.inner),
      {
        columns: [
          {
            width: mm(beside),
            stack: [line(one.quantity, look.quantity, beside, true), ...one.details.map((text) => line(text, look.details, beside))],
          },
          { width: mm(look.square), image: pictures[code](one.qr), fit: [mm(look.square), mm(look.square)] },
        ],
        columnGap: mm(2),
        margin: [0, 2, 0, 2],
      },
      { image: barsPicture(`00${one.sscc}`), width: mm(look.inner), height: mm(look.bars) },
      { text: `(00) ${one.sscc}`, fontSize: look.code, alignment: 'center', margin: [0, 1, 0, 0] },
    ],
  }
}

/** A page for each label, or eight on a sheet. */
export function labelSheet({ size, code, title, labels }: PrintedLabels): Definition {
  const look = layouts[size]
  const about = { defaultStyle: { font: 'Hans', fontSize: look.details }, info: { title, author: title }, footer: () => '' }
  if (size !== 'a4') {
    const [width = 100, height = 150] = size.split('x').map(Number)
    const margin = mm((width - look.inner) / 2)
    return {
      ...about,
      pageSize: { width: mm(width), height: mm(height) },
      pageMargins: [margin, margin, margin, mm(2)],
      content: labels.map((one, i) => ({ stack: [label(one, code, look)], ...(i === 0 ? {} : { pageBreak: 'before' as const }) })),
    }
  }
  const pairs = Array.from({ length: Math.ceil(labels.length / CELL.columns) }, (_, i) =>
    labels.slice(i * CELL.columns, (i + 1) * CELL.columns),
  )
  const left = (210 - CELL.columns * CELL.width - CELL.gap) / 2
  const top = (297 - CELL.rows * CELL.height) / 2
  const inside = (CELL.width - look.inner) / 2
  return {
    ...about,
    pageSize: { width: mm(210), height: mm(297) },
    pageMargins: [mm(left), mm(top), mm(left), mm(top) - 2],
    content: [
      {
        table: {
          widths: [mm(CELL.width), mm(CELL.gap), mm(CELL.width)],
          heights: mm(CELL.height),
          dontBreakRows: true,
          body: pairs.map(([one, other]) => [cell(one, code, look, inside), '', cell(other, code, look, inside)]),
        },
        layout: {
          hLineWidth: () => 0,
          vLineWidth: () => 0,
          paddingLeft: () => 0,
          paddingRight: () => 0,
          paddingTop: () => 0,
          paddingBottom: () => 0,
        },
      },
    ],
  }
}

const cell = (one: PrintedLabel | undefined, code: LabelCode, look: Layout, inside: number): Content =>
  one ? { stack: [label(one, code, look)], margin: [mm(inside), mm(inside), mm(inside), 0] } : ''
