import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { type ApiError, errorText } from '#ui/api.ts'
import { useNow } from '#ui/clock.ts'
import { formatAge, formatDateTimeSeconds } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { ErrorNote, LiveTag, QualityTag, Section } from '#ui/page.tsx'
import { TrendChart } from '#ui/trend-chart.tsx'
import { quality } from '#values/quality.ts'
import type { Sample, TelemetryPoint } from '../contract.ts'
import { seriesOf } from './curve-series.ts'
import { useLiveValues } from './live-values.ts'
import { lastSpan, PeriodPicker, type Span } from './period-picker.tsx'
import { isDrawable, type Period, telemetryQueries } from './queries.ts'
import { pointLabel, valueText } from './sample-value.tsx'
import { isPlain, ValueReason, WhyButton } from './value-reason.tsx'
import './telemetry.css'

const CHART_REFRESH_MS = 30_000

/** What a device measures, on its page: values as they change, and their trend; a partner's as far as he shares it. */
export function Component({ deviceId, ownerId }: { deviceId: string; ownerId?: string }) {
  const t = useWords('telemetry')
  const points = useQuery(telemetryQueries.devicePoints(deviceId, ownerId))
  const withheld = points.data?.withheld
  const mayWatch = points.data !== undefined && (!withheld || (withheld.granularity === 'raw' && withheld.delayMinutes === 0))
  const live = useLiveValues(deviceId, ownerId, mayWatch)
  const refusal = points.error ?? (isRefusal(live.error) ? live.error : undefined)
  if (refusal) {
    return (
      <Section title={t('live.title')}>
        <Refused error={refusal} />
      </Section>
    )
  }
  const byId = new Map(live.points.map((entry) => [entry.point.id as string, entry.sample]))
  const shown = (points.data?.points ?? []).map((point) => ({ point, sample: byId.get(point.id) ?? null }))
  return (
    <>
      <Section title={t('live.title')} extra={mayWatch ? <LiveTag state={live.state} /> : null}>
        {withheld && (
          <Alert
            type="info"
            showIcon
            style={{ marginBottom: 12 }}
            title={t(withheld.granularity === 'kpi' ? 'withheld.kpi' : withheld.delayMinutes > 0 ? 'withheld.delay' : 'withheld.raw', {
              minutes: withheld.delayMinutes,
              from: formatDateTimeSeconds(withheld.from).slice(0, 16),
              until: formatDateTimeSeconds(withheld.until).slice(0, 16),
            })}
          />
        )}
        {live.ended !== undefined && live.ended !== 'renew' && (
          <Alert type="warning" showIcon title={t(live.ended.replace('.', ':errors.'))} />
        )}
        {points.data && shown.length === 0 ? (
          <p className="ls-quiet">{t('live.noPoints')}</p>
        ) : (
          mayWatch && <ValueCards deviceId={deviceId} ownerId={ownerId} entries={shown} />
        )}
      </Section>
      {shown.length > 0 && (
        <DeviceTrend deviceId={deviceId} ownerId={ownerId} points={shown.map((entry) => entry.point).filter(isDrawable)} />
      )}
    </>
  )
}

const isRefusal = (error: ApiError | undefined) => error !== undefined && [403, 404].includes(error.status)

/** Says in words why there is nothing to see, and what to do. */
function Refused({ error }: { error: unknown }) {
  const t = useWords('telemetry')
  const code = (error as { code?: string }).code
  if (code !== 'sharing.notGranted') return <ErrorNote error={error} />
  return (
    <div className="tm-refused">
      <h3>{t('refused.title')}</h3>
      <p>{errorText(error, t)}</p>
      <p className="ls-quiet">{t('refused.next')}</p>
      <Link to="/sharing">
        <Button>{t('refused.link')}</Button>
      </Link>
    </div>
  )
}

function ValueCards({
  deviceId,
  ownerId,
  entries,
}: {
  deviceId: string
  ownerId: string | undefined
  entries: { point: TelemetryPoint; sample: Sample | null }[]
}) {
  const t = useWords('telemetry')
  const locale = useLocale()
  const now = useNow()
  const [asked, setAsked] = useState<string>()
  const { data } = useQuery({ ...telemetryQueries.devicePace(deviceId), enabled: ownerId === undefined })
  const why = entries.find(({ point }) => point.id === asked)
  return (
    <>
      <ul className="tm-cards">
        {entries.map(({ point, sample }) => (
          <li key={point.id} className="tm-card" data-point={point.name}>
            <div className="tm-card-head">
              <span>{pointLabel(point, locale)}</span>
              {isPlain(point, sample, now, data?.pace) ? (
                sample?.quality !== quality.good && <QualityTag code={sample?.quality} />
              ) : (
                <WhyButton sample={sample} onAsk={() => setAsked(point.id)} />
              )}
            </div>
            <div className="tm-card-value">{valueText(point, sample?.value ?? null, { on: t('on'), off: t('off') })}</div>
            <div className="ls-quiet" title={sample ? t('live.received', { at: formatDateTimeSeconds(sample.receivedMs) }) : undefined}>
              {sample ? `${formatDateTimeSeconds(sample.atMs).slice(5)} · ${formatAge(sample.atMs, now, t)}` : t('live.never')}
            </div>
          </li>
        ))}
      </ul>
      {why && <ValueReason deviceId={deviceId} ownerId={ownerId} {...why} now={now} onClose={() => setAsked(undefined)} />}
    </>
  )
}

const FIRST_SHOWN = 2

function DeviceTrend({ deviceId, ownerId, points }: { deviceId: string; ownerId: string | undefined; points: TelemetryPoint[] }) {
  const t = useWords('telemetry')
  const locale = useLocale()
  const [span, setSpan] = useState<Span | null>('hour')
  const [period, setPeriod] = useState<Period>(() => lastSpan('hour'))
  const [chosen, setChosen] = useState<string[] | null>(null)
  const usual = points.filter((point) => point.kind === 'instant').slice(0, FIRST_SHOWN)
  const shown = points.filter((point) =>
    (chosen ?? (usual.length > 0 ? usual : points.slice(0, 1)).map((p) => p.id as string)).includes(point.id),
  )
  useEffect(() => {
    if (!span) return
    const timer = setInterval(() => setPeriod(lastSpan(span)), CHART_REFRESH_MS)
    return () => clearInterval(timer)
  }, [span])
  const series = useQuery(
    telemetryQueries.series(
      shown.map((point) => point.id),
      period,
      ownerId === undefined ? undefined : { ownerId, deviceId },
    ),
  )
  const choose = (next: Span) => {
    setSpan(next)
    setPeriod(lastSpan(next))
  }
  const zoom = (fromMs: number, untilMs: number) => {
    setSpan(null)
    setPeriod({ fromMs, untilMs })
  }
  return (
    <Section
      title={t('trend.title')}
      extra={<PeriodPicker span={span} period={period} onSpan={choose} onPeriod={({ fromMs, untilMs }) => zoom(fromMs, untilMs)} />}
    >
      <fieldset className="tm-choice">
        <legend className="ls-sr">{t('trend.points')}</legend>
        {points.map((point) => {
          const on = shown.includes(point)
          return (
            <Button
              key={point.id}
              size="small"
              type={on ? 'primary' : 'default'}
              aria-pressed={on}
              onClick={() => setChosen(on ? shown.filter((p) => p !== point).map((p) => p.id) : [...shown.map((p) => p.id), point.id])}
            >
              {pointLabel(point, locale)}
            </Button>
          )
        })}
      </fieldset>
      {series.error ? (
        <ErrorNote error={series.error} onRetry={() => void series.refetch()} />
      ) : (
        <TrendChart
          name={`${deviceId}`}
          series={(series.data?.curves ?? []).map((curve) => seriesOf(curve, series.data as never, pointLabel(curve.point, locale)))}
          fromMs={period.fromMs}
          untilMs={period.untilMs}
          loading={series.isFetching}
          onRange={zoom}
          {...(span ? {} : { onReset: () => choose('hour') })}
        />
      )}
    </Section>
  )
}
