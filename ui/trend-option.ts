import { instantMsOfWall, wallMs } from '#values/instant.ts'
import type { EChartsCoreOption } from './echarts.ts'
import { formatDateTimeSeconds, formatValue } from './format.ts'
import { seriesColors, type ThemeMode } from './theme.ts'
import type { GapQuality, TrendPoint, TrendSeries } from './trend-chart.tsx'

const GAPS_DRAWN = 400
const SYMBOLS_UP_TO = 60
const AXIS_PX = 56

/** ECharts knows no zones: the axis shows UTC, and what is drawn is the zone's wall clock. */
export function wallClock(
  fromMs: number,
  untilMs: number,
  zone: string,
): { toWall: (ms: number) => number; toMs: (wall: number) => number } {
  const offset = wallMs(fromMs, zone) - fromMs
  // Asking the zone for each of ten thousand points takes 50 ms; within one offset adding is enough.
  if (wallMs(untilMs, zone) - untilMs === offset) return { toWall: (ms) => ms + offset, toMs: (wall) => wall - offset }
  return { toWall: (ms) => wallMs(ms, zone), toMs: (wall) => instantMsOfWall(wall, zone) }
}

export function spanOf(series: readonly TrendSeries[], fromMs?: number, untilMs?: number): [number, number] {
  let from = fromMs ?? Number.POSITIVE_INFINITY
  let until = untilMs ?? Number.NEGATIVE_INFINITY
  if (fromMs === undefined || untilMs === undefined) {
    for (const one of series) {
      const first = one.points[0]?.[0]
      const last = one.points.at(-1)?.[0]
      if (fromMs === undefined && first !== undefined) from = Math.min(from, first)
      if (untilMs === undefined && last !== undefined) until = Math.max(until, last)
      for (const gap of one.gaps) {
        if (fromMs === undefined) from = Math.min(from, gap.fromMs)
        if (untilMs === undefined) until = Math.max(until, gap.untilMs)
      }
    }
  }
  return Number.isFinite(from) && Number.isFinite(until) ? [from, until] : [0, 0]
}

const gapColors: Record<GapQuality, string> = { bad: '#b3261e', uncertain: '#9a5b00', none: '#7d8b95' }
const patterns = new Map<GapQuality, HTMLCanvasElement>()

function hatch(quality: GapQuality): HTMLCanvasElement {
  let canvas = patterns.get(quality)
  if (canvas) return canvas
  canvas = document.createElement('canvas')
  canvas.width = 8
  canvas.height = 8
  const pen = canvas.getContext('2d')
  if (pen) {
    pen.strokeStyle = gapColors[quality]
    pen.globalAlpha = 0.45
    pen.lineWidth = 1.4
    pen.beginPath()
    const lines: [number, number, number, number][] =
      quality === 'bad' ? [[-2, 10, 10, -2]] : quality === 'uncertain' ? [[-2, -2, 10, 10]] : [[4, 0, 4, 8]]
    for (const [x1, y1, x2, y2] of lines) {
      pen.moveTo(x1, y1)
      pen.lineTo(x2, y2)
    }
    pen.stroke()
  }
  patterns.set(quality, canvas)
  return canvas
}

const axisKey = (s: TrendSeries): string => (s.kind === 'state' ? `state ${s.name}` : (s.unit ?? ''))
const lineTypes = ['solid', 'dashed', 'dotted'] as const

interface Look {
  mode: ThemeMode
  zone: string
  fromMs?: number | undefined
  untilMs?: number | undefined
  phone: boolean
  /** Words for least and greatest in the tooltip. */
  words: { min: string; max: string }
}

export function trendOption(series: readonly TrendSeries[], look: Look): EChartsCoreOption {
  const [from, until] = spanOf(series, look.fromMs, look.untilMs)
  const { toWall, toMs } = wallClock(from, until, look.zone)
  const ink =
    look.mode === 'dark' ? { text: '#b4c2cc', line: '#263642', box: '#192936' } : { text: '#46545f', line: '#dfe5e9', box: '#ffffff' }
  // A grid without a y axis cannot be drawn: while nothing has come there is an empty one.
  const axes = series.length === 0 ? [''] : [...new Set(series.map(axisKey))]
  const colors = seriesColors[look.mode]
  return {
    animation: false,
    useUTC: true,
    color: [...colors],
    textStyle: { fontFamily: 'inherit', color: ink.text },
    grid: { left: 12, right: 16, top: 58, bottom: 44, containLabel: true },
    legend: { type: 'scroll', top: 4, left: 0, right: 0, itemWidth: 22, textStyle: { color: ink.text }, data: series.map((s) => s.name) },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: ink.box,
      borderColor: ink.line,
      textStyle: { color: look.mode === 'dark' ? '#e6edf2' : '#16212c', fontSize: 13 },
      formatter: (hit: unknown) => tooltipOf(series, hit, toMs, look),
    },
    dataZoom: [
      {
        type: 'inside',
        filterMode: 'none',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: false,
        moveOnMouseMove: 'shift',
        preventDefaultMouseMove: false,
      },
      {
        type: 'slider',
        filterMode: 'none',
        height: 22,
        bottom: 8,
        borderColor: ink.line,
        labelFormatter: (wall: number) => axisTime(wall),
        textStyle: { color: ink.text },
      },
    ],
    xAxis: {
      type: 'time',
      min: toWall(from),
      max: toWall(until),
      axisLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.text, hideOverlap: true, formatter: timeFormats },
      splitLine: { show: false },
    },
    yAxis: axes.map((key, i) => yAxisOf(key, i, series, ink, look.phone)),
    series: series.flatMap((one, i) => drawn(one, i, axes.indexOf(axisKey(one)), colors[i % colors.length] ?? '#14608f', toWall)),
  }
}

const timeFormats = {
  year: '{yyyy}',
  month: '{yyyy}-{MM}',
  day: '{MM}-{dd}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
  millisecond: '{HH}:{mm}:{ss}.{SSS}',
}

const axisTime = (wall: number): string => new Date(wall).toISOString().slice(5, 16).replace('T', ' ')

function yAxisOf(key: string, i: number, series: readonly TrendSeries[], ink: { text: string; line: string }, phone: boolean): object {
  const states = key.startsWith('state ') ? series.find((s) => axisKey(s) === key)?.states : undefined
  return {
    type: 'value',
    scale: true,
    name: key.startsWith('state ') ? '' : key,
    nameTextStyle: { color: ink.text, align: i === 0 ? 'left' : 'right' },
    position: i === 0 ? 'left' : 'right',
    offset: i > 1 ? (i - 1) * AXIS_PX : 0,
    axisLabel: { color: ink.text, ...(states ? { formatter: (n: number) => states[n] ?? '' } : {}) },
    ...(key.startsWith('state ') ? { minInterval: 1 } : {}),
    // A phone has room for two axes; the tooltip tells the other values.
    show: !phone || i < 2,
    splitLine: { show: i === 0, lineStyle: { color: ink.line } },
  }
}

const hasBand = (points: readonly TrendPoint[]): boolean =>
  points.some((p) => typeof p[2] === 'number' && typeof p[3] === 'number' && p[2] !== p[3])

function drawn(one: TrendSeries, i: number, yAxisIndex: number, color: string, toWall: (ms: number) => number): object[] {
  const line = {
    id: `main-${i}`,
    name: one.name,
    type: 'line',
    yAxisIndex,
    z: 3,
    step: one.kind === 'state' ? 'end' : false,
    connectNulls: false,
    showSymbol: one.points.length <= SYMBOLS_UP_TO,
    symbolSize: 4,
    itemStyle: { color },
    lineStyle: { color, width: 1.8, type: lineTypes[i % lineTypes.length] },
    data: one.points.map((p) => [toWall(p[0]), p[1]]),
    markArea: {
      silent: true,
      data: one.gaps
        .slice(0, GAPS_DRAWN)
        .map((gap) => [
          { xAxis: toWall(gap.fromMs), itemStyle: { color: { image: hatch(gap.quality), repeat: 'repeat' } } },
          { xAxis: toWall(gap.untilMs) },
        ]),
    },
  }
  if (one.kind === 'state' || !hasBand(one.points)) return [line]
  const shared = {
    type: 'line',
    yAxisIndex,
    stack: `band-${i}`,
    stackStrategy: 'all',
    silent: true,
    symbol: 'none',
    z: 1,
    lineStyle: { opacity: 0 },
  }
  const low = one.points.map((p) => [toWall(p[0]), p[2] ?? p[1]])
  const high = one.points.map((p) => [toWall(p[0]), p[1] === null ? null : (p[3] ?? p[1]) - (p[2] ?? p[1])])
  // The name is the line's own, so that the legend hides the band with it.
  return [
    line,
    { ...shared, id: `low-${i}`, name: one.name, data: low },
    { ...shared, id: `high-${i}`, name: one.name, data: high, areaStyle: { color, opacity: 0.16 } },
  ]
}

// Names come from people; as elements with text they cannot carry markup.
function tooltipOf(series: readonly TrendSeries[], hit: unknown, toMs: (wall: number) => number, look: Look): HTMLElement {
  const items = (Array.isArray(hit) ? hit : [hit]) as { seriesId?: string; dataIndex: number; color?: unknown; value?: unknown }[]
  const box = document.createElement('div')
  const wall = Array.isArray(items[0]?.value) ? Number(items[0].value[0]) : Number.NaN
  const head = document.createElement('strong')
  head.textContent = formatDateTimeSeconds(toMs(wall), look.zone)
  box.append(head)
  for (const item of items) {
    if (!item.seriesId?.startsWith('main-')) continue
    const one = series[Number(item.seriesId.slice(5))]
    const point = one?.points[item.dataIndex]
    if (!one || !point) continue
    const row = document.createElement('div')
    const dot = document.createElement('span')
    dot.textContent = '● '
    dot.style.color = String(item.color)
    row.append(dot, `${one.name}  ${valueText(one, point, look)}`)
    box.append(row)
  }
  return box
}

function valueText(one: TrendSeries, [, value, min, max]: TrendPoint, look: Look): string {
  if (one.kind === 'state' && value !== null && one.states?.[value]) return one.states[value]
  const text = formatValue(value, one.unit)
  if (typeof min !== 'number' || typeof max !== 'number' || min === max) return text
  return `${text}（${look.words.min} ${formatValue(min)}，${look.words.max} ${formatValue(max)}）`
}
