import { useQuery } from '@tanstack/react-query'
import { Button, Space } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useParams } from 'react-router'
import { nowMs } from '#ui/clock.ts'
import { formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, ErrorNote, LiveTag, Loaded, Page, Section, StatusTag, Timeline, type Tone } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { TrendChart, type TrendSeries } from '#ui/trend-chart.tsx'
import { conditionText } from '../condition-text.ts'
import type { AlarmDetail, AlarmEvent, EventKind } from '../contract.ts'
import { AlarmValue, FirstOutTag, PriorityTag, StateTag, valueText } from './alarm-words.tsx'
import { alarmQueries, useLiveAlarms } from './queries.ts'
import { type Aside, SetAsideForm } from './set-aside-form.tsx'
import { useAcknowledge } from './use-acknowledge.ts'
import './alarms.css'

/** One alarm: what to do, what its point did, what happened. */
export function Component() {
  const { id = '' } = useParams()
  const live = useLiveAlarms()
  const query = useQuery(alarmQueries.alarm(id))
  return <Loaded query={query}>{(alarm) => <AlarmPage alarm={alarm} live={live} />}</Loaded>
}

function AlarmPage({ alarm, live }: { alarm: AlarmDetail; live: ReturnType<typeof useLiveAlarms> }) {
  const t = useWords('alarms')
  const locale = useLocale()
  const { rule } = alarm
  const point = alarm.point ? nameIn(locale, alarm.point.label, alarm.point.labelEn) : alarm.pointName
  return (
    <Page
      title={nameIn(locale, alarm.name, alarm.nameEn)}
      subtitle={nameIn(locale, alarm.deviceName, alarm.deviceNameEn)}
      breadcrumbs={[{ label: t('menu.console'), path: '/alarms' }]}
      tags={
        <Space>
          <PriorityTag priority={alarm.priority} />
          <StateTag state={alarm.state} />
          {alarm.firstOut && <FirstOutTag />}
          <LiveTag state={live} />
        </Space>
      }
      actions={<Actions alarm={alarm} />}
    >
      <Section title={t('guidance')}>
        <p className="al-guidance">{rule.response || t('noGuidance')}</p>
        <DetailGrid
          items={[
            { label: t('rule.cause'), value: rule.cause },
            { label: t('rule.consequence'), value: rule.consequence },
            { label: t('rule.responseMinutes'), value: rule.responseMinutes },
          ]}
        />
      </Section>
      <Section>
        <DetailGrid
          items={[
            {
              label: t('device'),
              value: <Link to={`/devices/${alarm.deviceId}`}>{nameIn(locale, alarm.deviceName, alarm.deviceNameEn)}</Link>,
            },
            { label: t('point'), value: point },
            { label: t('rule.condition'), value: conditionText(rule.condition, alarm.point, t) },
            { label: t('raisedAt'), value: alarm.raisedAt && formatDateTimeSeconds(alarm.raisedAt) },
            { label: t('value'), value: <AlarmValue value={alarm.value} point={alarm.point} /> },
            { label: t('since'), value: formatDateTimeSeconds(alarm.since) },
            alarm.shelvedUntil !== null && { label: t('shelvedUntil'), value: formatDateTimeSeconds(alarm.shelvedUntil) },
            alarm.reason !== '' && { label: t('reason'), value: alarm.reason, wide: true },
            rule.retired && { label: t('state'), value: t('rule.retired') },
          ]}
        />
      </Section>
      <Trend alarm={alarm} name={point} />
      <History id={alarm.id} />
    </Page>
  )
}

function Actions({ alarm }: { alarm: AlarmDetail }) {
  const t = useWords('alarms')
  const canAcknowledge = useCan('alarms.acknowledge')
  const canSetAside = useCan('alarms.setAside')
  const { acknowledge, busy } = useAcknowledge()
  const [aside, setAside] = useState<Aside>()
  const answer = (['acknowledge', 'reset'] as const).find((action) => alarm.may.includes(action))
  const asides = (['shelve', 'unshelve', 'removeFromService', 'returnToService'] as const).filter((action) => alarm.may.includes(action))
  return (
    <Space wrap>
      {answer && canAcknowledge && (
        <Button type="primary" loading={busy} onClick={() => void acknowledge([alarm], answer)}>
          {t(`actions.${answer}`)}
        </Button>
      )}
      {canSetAside &&
        !alarm.rule.retired &&
        asides.map((action) => (
          <Button key={action} onClick={() => setAside(action)}>
            {t(`actions.${action}`)}
          </Button>
        ))}
      {aside && <SetAsideForm action={aside} alarms={[alarm]} onClose={() => setAside(undefined)} />}
    </Space>
  )
}

const AROUND_MS = 30 * 60_000
const MINUTE_MS = 60_000

/** The point around the last raise, with the limit drawn in. */
function Trend({ alarm, name }: { alarm: AlarmDetail; name: string }) {
  const t = useWords('alarms')
  const period = useMemo(() => {
    const midMs = alarm.raisedAt ? Date.parse(alarm.raisedAt) : nowMs()
    const untilMs = Math.min(nowMs(), midMs + AROUND_MS)
    return { fromMs: midMs - AROUND_MS, untilMs: Math.ceil(Math.max(untilMs, midMs + MINUTE_MS) / MINUTE_MS) * MINUTE_MS }
  }, [alarm.raisedAt])
  const canRead = useCan('telemetry.read')
  const { measuringPointId } = alarm
  const query = useQuery({
    ...alarmQueries.curve(measuringPointId ?? '', new Date(period.fromMs).toISOString(), new Date(period.untilMs).toISOString()),
    enabled: measuringPointId !== null && canRead,
  })
  if (measuringPointId === null || !canRead) return null
  return (
    <Section title={t('trendOf', { name })}>
      {query.error ? (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <TrendChart
          name={name}
          series={query.data ? seriesOf(query.data, alarm, name, t) : []}
          {...period}
          heightPx={280}
          loading={query.isFetching}
        />
      )}
    </Section>
  )
}

type Series = NonNullable<Awaited<ReturnType<NonNullable<ReturnType<typeof alarmQueries.curve>['queryFn']>>>>

function seriesOf({ curves, fromMs, bucketMs, buckets }: Series, { rule, point }: AlarmDetail, name: string, t: Words): TrendSeries[] {
  const unit = point?.unit ?? null
  const [curve] = curves
  if (!curve) return []
  const banded = curve.point.kind === 'instant'
  const values = banded ? curve.avg : curve.last
  const points: TrendSeries['points'] = []
  for (let i = 0; i < buckets; i++) {
    if ((curve.n[i] ?? 0) === 0) continue
    const ms = fromMs + i * bucketMs
    points.push(banded ? [ms, values[i] ?? null, curve.min[i] ?? null, curve.max[i] ?? null] : [ms, values[i] ?? null])
  }
  const line: TrendSeries = { name, unit, kind: banded ? 'instant' : 'state', points, gaps: [] }
  if (rule.condition.kind !== 'limit' || points.length === 0) return [line]
  const { limit, level } = rule.condition
  const ends: TrendSeries['points'] = [
    [fromMs, limit],
    [fromMs + buckets * bucketMs, limit],
  ]
  return [line, { name: t(`levels.${level}`), unit, kind: 'state', points: ends, gaps: [] }]
}

const tones: Partial<Record<EventKind, Tone>> = {
  raised: 'bad',
  escalated: 'bad',
  returned: 'good',
  acknowledged: 'info',
  reset: 'info',
}

function History({ id }: { id: string }) {
  const t = useWords('alarms')
  const query = useQuery(alarmQueries.timeline(id))
  const text = (event: AlarmEvent) =>
    [
      event.value === null ? '' : valueText(event.value, event.point, t),
      event.actor ?? '',
      event.until ? `${t('until')} ${formatDateTimeSeconds(event.until)}` : '',
      event.comment,
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <Section title={t('timeline')}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="ls-quiet">{t('empty.events')}</p>
          ) : (
            <Timeline
              entries={items.map((event) => ({
                key: event.id,
                at: event.at,
                tone: tones[event.kind] ?? 'neutral',
                title: (
                  <span className="al-name">
                    {t(`events.${event.kind}`)} → {t(`states.${event.toState}`)}
                    {event.firstOut && <FirstOutTag />}
                    {event.late && (
                      <StatusTag tone="neutral" hint={t('lateHint')}>
                        {t('late')}
                      </StatusTag>
                    )}
                  </span>
                ),
                text: text(event),
              }))}
            />
          )
        }
      </Loaded>
    </Section>
  )
}
