import { GraphChart, LineChart } from 'echarts/charts'
import { DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

// Only what the charts here draw with; another kind of chart adds its part.
use([
  LineChart,
  GraphChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  DataZoomComponent,
  MarkAreaComponent,
  LabelLayout,
  CanvasRenderer,
])

export type { ECharts, EChartsCoreOption }

/** Draws `option` into the element of the returned ref, follows its size, and hands the chart to `connect` once. */
export function useChart(option: EChartsCoreOption, connect?: (chart: ECharts) => void) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  const onConnect = useRef(connect)
  useEffect(() => {
    const box = element.current
    if (!box) return
    const made = init(box)
    chart.current = made
    onConnect.current?.(made)
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(box)
    return () => {
      observer.disconnect()
      made.dispose()
      chart.current = undefined
    }
  }, [])
  useEffect(() => {
    const made = chart.current
    // Drawn anew each time: merging fails in the axis view when an axis is replaced. What a person has set is carried over.
    made?.setOption(withChoices(option, made.getOption() as Choices | undefined), { notMerge: true })
  }, [option])
  return element
}

interface Choices {
  dataZoom?: { start?: number; end?: number }[]
  legend?: { selected?: Record<string, boolean> }[]
}

/** The new option with the zoom and the hidden series of the old one, where the new one does not say otherwise. */
function withChoices(option: EChartsCoreOption, before: Choices | undefined): EChartsCoreOption {
  if (!before) return option
  const zooms = option.dataZoom as Choices['dataZoom'] | undefined
  const selected = before.legend?.[0]?.selected
  return {
    ...option,
    ...(zooms
      ? { dataZoom: zooms.map((zoom, i) => ({ start: before.dataZoom?.[i]?.start, end: before.dataZoom?.[i]?.end, ...zoom })) }
      : {}),
    ...(option.legend && selected ? { legend: { ...(option.legend as object), selected } } : {}),
  }
}
