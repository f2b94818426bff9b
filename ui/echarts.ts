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
    // Series are replaced, the rest is merged: somebody's zoom outlives the next values.
    chart.current?.setOption(option, { replaceMerge: ['series', 'yAxis'] })
  }, [option])
  return element
}
