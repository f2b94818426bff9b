import { DatePicker, Segmented } from 'antd'
import dayjs from 'dayjs'
import { nowMs } from '#ui/clock.ts'
import { useWords } from '#ui/i18n.ts'
import type { Period } from './queries.ts'

const HOUR_MS = 3_600_000
export const spans = { hour: HOUR_MS, shift: 8 * HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 31 * 24 * HOUR_MS } as const
export type Span = keyof typeof spans

export const lastSpan = (span: Span): Period => {
  const untilMs = nowMs()
  return { fromMs: untilMs - spans[span], untilMs }
}

/** The usual spans by one click, any other by two dates. */
export function PeriodPicker(props: {
  span: Span | null
  period: Period
  onSpan: (span: Span) => void
  onPeriod: (period: Period) => void
}) {
  const t = useWords('telemetry')
  return (
    <span className="tm-period">
      <Segmented<Span | 'other'>
        aria-label={t('period.label')}
        value={props.span ?? 'other'}
        onChange={(span) => span !== 'other' && props.onSpan(span)}
        options={(Object.keys(spans) as Span[]).map((span) => ({ value: span, label: t(`period.${span}`) }))}
      />
      <DatePicker.RangePicker
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        allowClear={false}
        aria-label={t('period.other')}
        value={[dayjs(props.period.fromMs), dayjs(props.period.untilMs)]}
        onChange={(range) => {
          const [from, until] = range ?? []
          if (from && until) props.onPeriod({ fromMs: from.valueOf(), untilMs: until.valueOf() })
        }}
      />
    </span>
  )
}
