import { useQuery } from '@tanstack/react-query'
import { Button, Select, Tabs } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { apiUrl, call } from '#ui/api.ts'
import { formatDate, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { ErrorNote, Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { TrendChart } from '#ui/trend-chart.tsx'
import { type TelemetryPoint, telemetryApi, telemetryLimits } from '../contract.ts'
import { seriesOf } from './curve-series.ts'
import { lastSpan, PeriodPicker, type Span, spans } from './period-picker.tsx'
import { type Period, telemetryQueries } from './queries.ts'
import { pointLabel, valueText } from './sample-value.tsx'
import './telemetry.css'

/** Any measuring points over any period: curves, production days, export. The address holds what is shown. */
export function Component() {
  const t = useWords('telemetry')
  const [params, setParams] = useSearchParams()
  const ids = useMemo(() => (params.get('points') ?? '').split(',').filter(Boolean), [params])
  const span = (params.get('span') ?? (params.get('from') ? null : 'day')) as Span | null
  const from = params.get('from')
  const until = params.get('until')
  // A span counts back from the moment it was asked for; it moves on with the next question, not with every key press.
  const period: Period = useMemo(
    () => (from && until ? { fromMs: Date.parse(from), untilMs: Date.parse(until) } : lastSpan(span && span in spans ? span : 'day')),
    [from, until, span],
  )
  const change = (next: Record<string, string | null>) =>
    setParams(
      (now) => {
        const all = new URLSearchParams(now)
        for (const [key, value] of Object.entries(next)) value ? all.set(key, value) : all.delete(key)
        return all
      },
      { replace: true },
    )
  const zoom = ({ fromMs, untilMs }: Period) =>
    change({ from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(), span: null })
  return (
    <Page
      title={t('explore.title')}
      subtitle={t('explore.subtitle')}
      actions={
        <PeriodPicker span={span} period={period} onSpan={(next) => change({ span: next, from: null, until: null })} onPeriod={zoom} />
      }
    >
      <div className="tm-explore">
        <Section title={t('explore.points')}>
          <PointChoice ids={ids} onChange={(next) => change({ points: next.join(',') || null })} />
        </Section>
        <Section>
          {ids.length === 0 ? (
            <p className="ls-quiet">{t('explore.empty')}</p>
          ) : (
            <Tabs
              activeKey={params.get('view') ?? 'curve'}
              onChange={(view) => change({ view: view === 'curve' ? null : view })}
              tabBarExtraContent={<ExportButton ids={ids} period={period} />}
              items={[
                {
                  key: 'curve',
                  label: t('explore.curve'),
                  children: (
                    <Curves
                      ids={ids}
                      period={period}
                      onZoom={zoom}
                      onReset={span ? undefined : () => change({ span: 'day', from: null, until: null })}
                    />
                  ),
                },
                { key: 'days', label: t('explore.days'), children: <Days ids={ids} period={period} /> },
              ]}
            />
          )}
        </Section>
      </div>
    </Page>
  )
}

const SEARCH_MS = 250

function PointChoice({ ids, onChange }: { ids: string[]; onChange: (ids: string[]) => void }) {
  const t = useWords('telemetry')
  const locale = useLocale()
  const [typed, setTyped] = useState('')
  const [search, setSearch] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed), SEARCH_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const found = useQuery({
    queryKey: ['telemetry', 'choice', search],
    queryFn: ({ signal }) => call(devicesApi.measuringPoints, { query: { ...(search ? { search } : {}), limit: 100 }, signal }),
    placeholderData: (before) => before,
  })
  const chosen = useQuery({
    queryKey: ['telemetry', 'chosen', ids],
    queryFn: async ({ signal }) =>
      Promise.all(ids.map((id) => call(devicesApi.measuringPoint, { params: { id: id as never }, signal }).catch(() => undefined))),
    placeholderData: (before) => before,
  })
  const known = new Map(
    [...(found.data?.items ?? []), ...(chosen.data ?? [])].flatMap((point) => (point ? [[point.id as string, point] as const] : [])),
  )
  return (
    <>
      <Select
        mode="multiple"
        style={{ width: '100%' }}
        aria-label={t('explore.points')}
        placeholder={t('explore.search')}
        value={ids}
        showSearch={{ filterOption: false, onSearch: setTyped }}
        loading={found.isFetching}
        maxCount={telemetryLimits.seriesPoints}
        onChange={onChange}
        options={[...known.values()].map((point) => ({
          value: point.id,
          label: [point.bindings.at(-1)?.deviceName, nameIn(locale, point.label, point.labelEn)].filter(Boolean).join(' · '),
          disabled: point.valueType === 'string',
        }))}
      />
      <p className="ls-quiet">{t('explore.limit', { n: telemetryLimits.seriesPoints })}</p>
    </>
  )
}

function Curves(props: { ids: string[]; period: Period; onZoom: (period: Period) => void; onReset?: (() => void) | undefined }) {
  const locale = useLocale()
  const series = useQuery(telemetryQueries.series(props.ids, props.period))
  if (series.error) return <ErrorNote error={series.error} onRetry={() => void series.refetch()} />
  const { data } = series
  return (
    <TrendChart
      name="explore"
      heightPx={440}
      series={data ? data.curves.map((curve) => seriesOf(curve, data, pointLabel(curve.point, locale))) : []}
      fromMs={props.period.fromMs}
      untilMs={props.period.untilMs}
      loading={series.isFetching}
      onRange={(fromMs, untilMs) => props.onZoom({ fromMs, untilMs })}
      {...(props.onReset ? { onReset: props.onReset } : {})}
    />
  )
}

/** One figure a day that fits the point's kind, with how many samples it rests on. */
function Days({ ids, period }: { ids: string[]; period: Period }) {
  const t = useWords('telemetry')
  const locale = useLocale()
  const days = useQuery(telemetryQueries.productionDays(ids, formatDate(period.fromMs), formatDate(period.untilMs)))
  return (
    <Loaded query={days}>
      {({ points }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="tm-scroll" tabIndex={0} aria-label={t('explore.days')}>
          {points.map(({ point, timeZone, days: rows }) => (
            <table key={point.id} className="tm-days">
              <caption>
                {pointLabel(point, locale)} · {t(`kinds.${point.kind}`)} · {timeZone}
              </caption>
              <thead>
                <tr>
                  {['date', 'figure', 'least', 'greatest', 'samples', 'bad'].map((key) => (
                    <th key={key} scope="col">
                      {t(`days.${key}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((day) => (
                  <tr key={day.date}>
                    <td>
                      {day.date}
                      {!day.closed && <span className="ls-quiet"> {t('days.open')}</span>}
                    </td>
                    <td>{figure(point, day, t)}</td>
                    <td>{formatNumber(day.min, point.unit)}</td>
                    <td>{formatNumber(day.max, point.unit)}</td>
                    <td>{formatNumber(day.n)}</td>
                    <td>{formatNumber(day.nBad)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ))}
        </section>
      )}
    </Loaded>
  )
}

interface DayFigures {
  sum: number | null
  avg: number | null
  last: number | null
  increase: number | null
  durations: Record<string, number> | null
}

const HOUR_MS = 3_600_000

function figure(point: TelemetryPoint, day: DayFigures, t: (key: string) => string): string {
  switch (point.kind) {
    case 'counter':
      return formatNumber(day.increase, point.unit)
    case 'interval':
      return formatNumber(day.sum, point.unit)
    case 'state':
      return (
        Object.entries(day.durations ?? {})
          .map(([code, ms]) => `${valueText(point, Number(code), { on: t('on'), off: t('off') })} ${formatNumber(ms / HOUR_MS, 'h', 1)}`)
          .join('，') || '—'
      )
    case 'instant':
      return formatNumber(day.avg, point.unit)
    default:
      return point.kind satisfies never
  }
}

function ExportButton({ ids, period }: { ids: string[]; period: Period }) {
  const t = useWords('telemetry')
  const allowed = useCan('telemetry.export')
  const url = apiUrl(telemetryApi.exportCsv, {
    query: {
      measuringPointIds: ids.join(','),
      from: new Date(period.fromMs).toISOString(),
      until: new Date(period.untilMs).toISOString(),
      resolution: period.untilMs - period.fromMs > spans.week ? 'hour' : 'minute',
    },
  })
  return (
    <Button href={url} download disabled={!allowed} title={allowed ? undefined : t('explore.noExport')}>
      {t('explore.export')}
    </Button>
  )
}
