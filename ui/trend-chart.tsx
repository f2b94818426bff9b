import { BarChartOutlined, DownloadOutlined, TableOutlined } from '@ant-design/icons'
import { Button, Skeleton } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { downloadCsv } from './csv.ts'
import { DEFAULT_ZONE, EMPTY, formatDateTimeSeconds, formatNumber, formatValue } from './format.ts'
import { useWords } from './i18n.ts'

export type GapQuality = 'bad' | 'uncertain' | 'none'

/** A time, a value (null: nothing there), and for rolled-up points the least and greatest in the bucket. */
export type TrendPoint = [ms: number, value: number | null, min?: number | null, max?: number | null]

export interface TrendSeries {
  name: string
  unit: string | null
  /** `state` is drawn as steps, `counter` and `interval` as lines, `instant` with its band of least and greatest. */
  kind: 'instant' | 'counter' | 'interval' | 'state'
  points: TrendPoint[]
  gaps: { fromMs: number; untilMs: number; quality: GapQuality }[]
  /** Names of a state's numbers. */
  states?: Record<number, string>
}

export interface TrendChartProps {
  series: TrendSeries[]
  /** The time axis; without it the axis spans the points. */
  fromMs?: number
  untilMs?: number
  /** Called when somebody has zoomed or moved: fetch this part finer. */
  onRange?: (fromMs: number, untilMs: number) => void
  /** Offered as “reset” when given, to return from a zoomed part to the whole. */
  onReset?: () => void
  zone?: string
  heightPx?: number
  /** File name of the export. */
  name?: string
  loading?: boolean
}

const TABLE_ROWS = 1000

// ECharts is fetched with the first chart, not with the page.
const TrendCanvas = lazy(async () => ({ default: (await import('./trend-canvas.tsx')).TrendCanvas }))

/** A line chart of time series with zoom, quality gaps hatched, a table view and an export. */
export function TrendChart(props: TrendChartProps) {
  const t = useWords()
  const [asTable, setAsTable] = useState(false)
  const heightPx = props.heightPx ?? 340
  const empty = props.series.every((s) => s.points.length === 0 && s.gaps.length === 0)
  return (
    <div className="ls-chart">
      <div className="ls-chart-bar">
        <GapLegend series={props.series} />
        <div className="ls-chart-tools">
          {props.onReset && (
            <Button size="small" onClick={props.onReset}>
              {t('ui:chart.resetZoom')}
            </Button>
          )}
          <Button
            size="small"
            icon={asTable ? <BarChartOutlined aria-hidden /> : <TableOutlined aria-hidden />}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t('ui:chart.chart') : t('ui:chart.table')}
          </Button>
          <Button size="small" icon={<DownloadOutlined aria-hidden />} disabled={empty} onClick={() => exportCsv(props, t)}>
            {t('ui:chart.export')}
          </Button>
        </div>
      </div>
      {asTable ? (
        <TrendTable {...props} />
      ) : empty && !props.loading ? (
        <div className="ls-chart-empty" style={{ height: heightPx }}>
          {t('ui:chart.empty')}
        </div>
      ) : (
        <div role="img" aria-label={t('ui:chart.label', { names: props.series.map((s) => s.name).join('、') })} aria-busy={props.loading}>
          <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: heightPx }} />}>
            <TrendCanvas {...props} heightPx={heightPx} />
          </Suspense>
        </div>
      )}
    </div>
  )
}

const hatches: Record<GapQuality, string> = {
  bad: 'repeating-linear-gradient(45deg, #b3261e99 0 2px, transparent 2px 6px)',
  uncertain: 'repeating-linear-gradient(-45deg, #9a5b0099 0 2px, transparent 2px 6px)',
  none: 'repeating-linear-gradient(90deg, #7d8b9580 0 1px, transparent 1px 6px)',
}
const gapKeys: Record<GapQuality, string> = { bad: 'gapBad', uncertain: 'gapUncertain', none: 'gapNone' }

function GapLegend({ series }: { series: TrendSeries[] }) {
  const t = useWords()
  const present = (['bad', 'uncertain', 'none'] as const).filter((q) => series.some((s) => s.gaps.some((g) => g.quality === q)))
  return (
    <div className="ls-chart-legend">
      {present.map((quality) => (
        <span key={quality}>
          <span className="hatch" style={{ background: hatches[quality] }} aria-hidden />
          {t(`ui:chart.${gapKeys[quality]}`)}
        </span>
      ))}
    </div>
  )
}

interface TrendRow {
  ms: number
  values: (number | null | undefined)[]
}

/** All series side by side by time; `undefined`: this series has no point then. */
export function rowsOf(series: readonly TrendSeries[]): TrendRow[] {
  const byMs = new Map<number, TrendRow>()
  series.forEach((one, i) => {
    for (const [ms, value] of one.points) {
      let row = byMs.get(ms)
      if (!row) {
        row = { ms, values: new Array<number | null | undefined>(series.length).fill(undefined) }
        byMs.set(ms, row)
      }
      row.values[i] = value
    }
  })
  return [...byMs.values()].sort((a, b) => a.ms - b.ms)
}

const titleOf = (s: TrendSeries) => (s.unit ? `${s.name} (${s.unit})` : s.name)

function exportCsv(props: TrendChartProps, t: (key: string) => string): void {
  const zone = props.zone ?? DEFAULT_ZONE
  const rows = rowsOf(props.series).map((row) => [formatDateTimeSeconds(row.ms, zone), new Date(row.ms).toISOString(), ...row.values])
  downloadCsv(props.name ?? 'trend', [[`${t('ui:chart.time')} (${zone})`, 'UTC', ...props.series.map(titleOf)], ...rows])
}

function TrendTable({ series, zone }: TrendChartProps) {
  const t = useWords()
  const rows = useMemo(() => rowsOf(series), [series])
  const text = (one: TrendSeries, value: number | null | undefined) =>
    value === null || value === undefined ? EMPTY : one.kind === 'state' && one.states?.[value] ? one.states[value] : formatValue(value)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="ls-chart-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('ui:chart.time')}</th>
            {series.map((one) => (
              <th key={one.name} scope="col">
                {titleOf(one)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, TABLE_ROWS).map((row) => (
            <tr key={row.ms}>
              <th scope="row">{formatDateTimeSeconds(row.ms, zone)}</th>
              {series.map((one, i) => (
                <td key={one.name}>{text(one, row.values[i])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > TABLE_ROWS && <p className="ls-quiet">{t('ui:chart.rowsCapped', { n: formatNumber(TABLE_ROWS) })}</p>}
    </div>
  )
}
