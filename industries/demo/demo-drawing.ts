/** What stands in the title block of a drawing; Latin letters alone, which every viewer has. */
interface TitleBlock {
  code: string
  title: string
  /** What kind of drawing it is. */
  sheet: string
  specification: string
  revision: string
  effectiveFrom: string
}

const [WIDTH, HEIGHT] = [842, 595]

/**
 * A sheet of A4 as a PDF (ISO 32000-1 §7.5): frame, a view of an invented part, a title block, and in large letters that it is of the demo.
 * The same block gives the same bytes.
 */
export function demoDrawing(block: TitleBlock): Buffer {
  const page = ['0.85 g', text(120, 480, 60, 'DEMO'), '0 g', ...frame(), ...part(block), ...titleBlock(block)].join('\n')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let file = '%PDF-1.4\n'
  const offsets: number[] = []
  objects.forEach((object, i) => {
    offsets.push(file.length)
    file += `${i + 1} 0 obj\n${object}\nendobj\n`
  })
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`
  return Buffer.from(file, 'latin1')
}

const rectangle = (x: number, y: number, width: number, height: number) => `${x} ${y} ${width} ${height} re S`
const line = (...[x1, y1, x2, y2]: [number, number, number, number]) => `${x1} ${y1} m ${x2} ${y2} l S`
const latin = (words: string) => words.replace(/[^\x20-\x7e]/g, '').replace(/[\\()]/g, '\\$&')
const text = (x: number, y: number, size: number, words: string) => `BT /F1 ${size} Tf ${x} ${y} Td (${latin(words)}) Tj ET`

/** Four Bézier curves; 0.5523 of the radius comes nearest to a circle. */
function circle(x: number, y: number, r: number): string {
  const k = r * 0.5523
  const quarter = (...points: number[]) => `${points.join(' ')} c`
  return [
    `${x + r} ${y} m`,
    quarter(x + r, y + k, x + k, y + r, x, y + r),
    quarter(x - k, y + r, x - r, y + k, x - r, y),
    quarter(x - r, y - k, x - k, y - r, x, y - r),
    quarter(x + k, y - r, x + r, y - k, x + r, y),
    'S',
  ].join(' ')
}

const frame = () => ['1 w', rectangle(24, 24, WIDTH - 48, HEIGHT - 48), '0.5 w', rectangle(34, 34, WIDTH - 68, HEIGHT - 68)]

/** A plate with a bore and bolt holes; each revision has one hole more. */
function part({ revision, specification }: TitleBlock): string[] {
  const [x, y, radius] = [300, 330, 120]
  const holes = 4 + revision.charCodeAt(0) - 'A'.charCodeAt(0)
  const around = Array.from({ length: holes }, (_, i) => {
    const angle = (2 * Math.PI * i) / holes
    return circle(Math.round(x + radius * Math.cos(angle)), Math.round(y + radius * Math.sin(angle)), 9)
  })
  return [
    '1.4 w',
    circle(x, y, 150),
    circle(x, y, 62),
    ...around,
    '0.4 w',
    line(x - 175, y, x + 175, y),
    line(x, y - 175, x, y + 175),
    text(x + 160, y + 130, 10, `${holes} x D18`),
    text(x + 160, y + 112, 10, 'D124 H7'),
    '1.2 w',
    rectangle(560, 230, 70, 200),
    text(560, 214, 10, specification),
  ]
}

function titleBlock({ code, title, sheet, revision, effectiveFrom }: TitleBlock): string[] {
  const rows = [
    ['Part', `${code}  ${title}`],
    ['Sheet', sheet],
    ['Revision', revision],
    ['From', effectiveFrom],
    ['Scale', '1:2   ISO 2768-mK'],
  ]
  const [x, y, width, height] = [508, 34, 300, 22]
  return [
    '0.7 w',
    ...rows.flatMap(([name, value], i) => {
      const bottom = y + (rows.length - 1 - i) * height
      return [rectangle(x, bottom, width, height), text(x + 6, bottom + 7, 9, name ?? ''), text(x + 66, bottom + 7, 10, value ?? '')]
    }),
    line(x + 60, y, x + 60, y + rows.length * height),
  ]
}
