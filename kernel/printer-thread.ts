import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import pdfmake, { type Content, type Definition } from 'pdfmake'
import { labelSheet } from './label-sheet.ts'
import type { Paper, Printed, PrintedColumn, PrintedDocument } from './printer.ts'

// A thread of its own: a page of Chinese is a quarter of a second of unbroken computing (the font has thirty thousand glyphs).

const font = (weight: string) =>
  fileURLToPath(import.meta.resolve(`@embedpdf/fonts-sc`)).replace(/dist[\\/][^\\/]*$/, `fonts/NotoSansHans-${weight}.otf`)
const [normal, bold] = [font('Regular'), font('Bold')]
pdfmake.setFonts({ Hans: { normal, bold, italics: normal, bolditalics: bold } })
// A document fetches nothing and reads no file but its fonts, whatever its texts say.
pdfmake.setUrlAccessPolicy(() => false)
pdfmake.setLocalAccessPolicy((path: string) => path === normal || path === bold)

const POINTS_PER_MM = 72 / 25.4
const mm = (millimetres: number): number => millimetres * POINTS_PER_MM

const papers: Record<Paper, { size: { width: number; height: number }; margins: [number, number, number, number]; fontSize: number }> = {
  a4: { size: { width: mm(210), height: mm(297) }, margins: [mm(14), mm(14), mm(14), mm(16)], fontSize: 9 },
  a4Landscape: { size: { width: mm(297), height: mm(210) }, margins: [mm(14), mm(14), mm(14), mm(16)], fontSize: 9 },
  // Three-part paper of dot-matrix printers, half of a 279.4 mm sheet; the tractor holes take 12 mm each side.
  continuous241: { size: { width: mm(241), height: mm(139.7) }, margins: [mm(15), mm(8), mm(15), mm(11)], fontSize: 10 },
}

/** A long code has no place to break a line at: it breaks anywhere. Chinese does so by itself. Nothing is added to a text for it: the font has no sign for what cannot be seen. */
const LONG_CODE = /((?:(?!\s)[!-\u2e7f]){19,})/
const UNSEEN = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
const breakable = (text: string): Content[] =>
  text
    .replace(UNSEEN, '')
    .split(LONG_CODE)
    .map((piece, i) => (i % 2 === 0 ? { text: piece } : { text: piece, wordBreak: 'break-all' }))

function head({ title, number, issuer, qr }: PrintedDocument): Content {
  const words: Content = {
    width: '*',
    stack: [
      { text: issuer, fontSize: 10 },
      { text: title, fontSize: 17, bold: true, margin: [0, 2, 0, 2] },
      { text: number, fontSize: 11 },
    ],
  }
  return { columns: qr === undefined ? [words] : [words, { width: 'auto', qr, fit: 58, eccLevel: 'M' }], margin: [0, 0, 0, 6] }
}

function facts({ facts }: PrintedDocument): Content[] {
  if (facts.length === 0) return []
  const half = Math.ceil(facts.length / 2)
  const row = (fact: readonly [string, string] | undefined): Content[] => [
    { text: fact?.[0] ?? '', color: '#555', noWrap: true },
    { text: breakable(fact?.[1] ?? '') },
  ]
  const body = Array.from({ length: half }, (_, i) => [...row(facts[i]), ...row(facts[half + i])])
  return [{ table: { widths: ['auto', '*', 'auto', '*'], body }, layout: 'noBorders', margin: [0, 0, 0, 6] }]
}

const cell = ({ align = 'left' }: PrintedColumn, text: string, extra = {}): Content => ({
  text: breakable(text),
  alignment: align,
  ...extra,
})

const lines = ({ columns, rows }: PrintedDocument): Content => ({
  table: {
    headerRows: 1,
    dontBreakRows: true,
    widths: columns.map(({ width = 'auto' }) => width),
    body: [
      columns.map((column) => cell(column, column.title, { bold: true })),
      ...rows.map((row) => columns.map((column, i) => cell(column, row[i] ?? ''))),
    ],
  },
  layout: {
    hLineWidth: () => 0.5,
    vLineWidth: () => 0.5,
    hLineColor: () => '#444',
    vLineColor: () => '#444',
    paddingLeft: () => 3,
    paddingRight: () => 3,
  },
})

const totals = ({ totals = [] }: PrintedDocument): Content[] =>
  totals.map(([label, value]) => ({ text: [`${label}　`, { text: value, bold: true }], alignment: 'right', margin: [0, 4, 0, 0] }))

const signatures = ({ signatures = [] }: PrintedDocument): Content[] =>
  signatures.length === 0
    ? []
    : [{ columns: signatures.map((label) => ({ text: `${label}：________________` })), margin: [0, 16, 0, 0], unbreakable: true }]

function definition(document: PrintedDocument): Definition {
  const { size, margins, fontSize } = papers[document.paper]
  return {
    pageSize: size,
    pageMargins: margins,
    defaultStyle: { font: 'Hans', fontSize },
    info: { title: `${document.title} ${document.number}`, author: document.issuer },
    footer: (page: number, pages: number) => ({
      text: document.pageWords.replace('{page}', String(page)).replace('{pages}', String(pages)),
      alignment: 'center',
      fontSize: 8,
    }),
    content: [
      head(document),
      ...facts(document),
      lines(document),
      ...totals(document),
      ...(document.notes ?? []).map((text): Content => ({ text: breakable(text), margin: [0, 6, 0, 0] })),
      ...signatures(document),
    ],
  }
}

parentPort?.on('message', async ({ id, wanted }: { id: number; wanted: Printed }) => {
  try {
    parentPort?.postMessage({
      id,
      bytes: await pdfmake.createPdf('labels' in wanted ? labelSheet(wanted.labels) : definition(wanted.document)).getBuffer(),
    })
  } catch (error) {
    parentPort?.postMessage({ id, failed: String(error) })
  }
})
