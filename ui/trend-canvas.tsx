import { useMemo, useRef } from 'react'
import { type ECharts, useChart } from './echarts.ts'
import { DEFAULT_ZONE } from './format.ts'
import { useWords } from './i18n.ts'
import { usePhone, useThemeMode } from './theme.ts'
import type { TrendChartProps } from './trend-chart.tsx'
import { spanOf, trendOption, wallClock } from './trend-option.ts'

const SETTLE_MS = 400
/** A span that changed by less is the same window moved on by live values. */
const SAME_SPAN = 0.02

/** The drawn part of the trend chart; it is loaded with ECharts. */
export function TrendCanvas(props: TrendChartProps & { heightPx: number }) {
  const t = useWords()
  const mode = useThemeMode()
  const phone = usePhone()
  const zone = props.zone ?? DEFAULT_ZONE
  const latest = useRef(props)
  latest.current = props
  const lastSpan = useRef(0)
  const option = useMemo(() => {
    const [from, until] = spanOf(props.series, props.fromMs, props.untilMs)
    const base = trendOption(props.series, {
      mode,
      zone,
      phone,
      fromMs: props.fromMs,
      untilMs: props.untilMs,
      words: { min: t('ui:chart.min'), max: t('ui:chart.max') },
    })
    const span = until - from
    const moved = lastSpan.current !== 0 && Math.abs(span - lastSpan.current) <= span * SAME_SPAN
    lastSpan.current = span
    if (moved) return base
    return { ...base, dataZoom: (base.dataZoom as object[]).map((zoom) => ({ ...zoom, start: 0, end: 100 })) }
  }, [props.series, props.fromMs, props.untilMs, mode, zone, phone, t])

  const connect = (chart: ECharts) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    chart.on('datazoom', () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (chart.isDisposed()) return
        const { series, fromMs, untilMs, onRange, zone: given } = latest.current
        const zoom = (chart.getOption().dataZoom as { start: number; end: number; startValue: number; endValue: number }[])[0]
        if (!zoom || !onRange || (zoom.start <= 0 && zoom.end >= 100)) return
        const { toMs } = wallClock(...spanOf(series, fromMs, untilMs), given ?? DEFAULT_ZONE)
        onRange(Math.round(toMs(zoom.startValue)), Math.round(toMs(zoom.endValue)))
      }, SETTLE_MS)
    })
  }
  const element = useChart(option, connect)
  return <div ref={element} style={{ width: '100%', height: props.heightPx }} />
}
