import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { nowMs } from '#ui/clock.ts'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { TrendChart } from '#ui/trend-chart.tsx'
import { type Kpis, Priority } from '../contract.ts'
import { AlarmTabs } from './alarm-tabs.tsx'
import { PriorityTag } from './alarm-words.tsx'
import { alarmQueries } from './queries.ts'
import { type Span, since, spans } from './spans.ts'

/** 告警指标 after ISA-18.2 and EEMUA 191: whether people can cope with what they are told. */
export function Component() {
  const t = useWords('alarms')
  const [span, setSpan] = useState<Span>('week')
  const [period, setPeriod] = useState(() => periodOf('week'))
  const query = useQuery(alarmQueries.kpis(period.from, period.until))
  return (
    <Page title={t('menu.console')} subtitle={t('tabs.kpis')}>
      <AlarmTabs>
        <Segmented<Span>
          aria-label={t('period')}
          value={span}
          onChange={(value) => {
            setSpan(value)
            setPeriod(periodOf(value))
          }}
          options={spans.map((value) => ({ value, label: t(`periods.${value}`) }))}
        />
      </AlarmTabs>
      <Loaded query={query}>{(kpis) => <Figures kpis={kpis} period={period} />}</Loaded>
    </Page>
  )
}

const periodOf = (span: Span) => {
  const now = nowMs()
  return { from: since(span, now), until: new Date(now).toISOString() }
}

const percent = (share: number | null) => (share === null ? '—' : `${formatNumber(share * 100, null, 1)}%`)

function Figures({ kpis, period }: { kpis: Kpis; period: { from: string; until: string } }) {
  const t = useWords('alarms')
  const { perOperatorPer10Min: rate, floods } = kpis
  return (
    <>
      <ul className="al-kpis">
        <Figure name="raised" value={formatNumber(kpis.raised)} />
        <Figure
          name="rate"
          value={rate === null ? '—' : formatNumber(rate, null, 2)}
          good={rate === null ? undefined : rate <= 1}
          hint={{ n: kpis.operators }}
        />
        <Figure name="peak" value={formatNumber(kpis.peakPer10Min)} good={kpis.peakPer10Min <= 10} at={kpis.peakAt} />
        <Figure
          name="flood"
          value={percent(floods.share)}
          good={floods.share === null ? undefined : floods.share < 0.01}
          hint={{ n: floods.count, minutes: Math.round(floods.longestS / 60) }}
        />
        <Figure name="stale" value={formatNumber(kpis.stale)} good={kpis.stale < 5} />
        <Figure name="chattering" value={formatNumber(kpis.chattering)} good={kpis.chattering === 0} />
        <Figure
          name="acknowledge"
          value={kpis.medianAcknowledgeS === null ? '—' : formatNumber(kpis.medianAcknowledgeS / 60, 'min', 1)}
          hint={{ n: kpis.acknowledged }}
        />
      </ul>
      {kpis.raised === 0 ? (
        <Section>
          <p className="ls-quiet">{t('kpi.none')}</p>
        </Section>
      ) : (
        <>
          <Section title={t('kpi.perSlot')}>
            <TrendChart
              name={t('kpi.perSlot')}
              heightPx={220}
              fromMs={Date.parse(period.from)}
              untilMs={Date.parse(period.until)}
              series={[
                {
                  name: t('kpi.raised'),
                  unit: null,
                  kind: 'state',
                  points: slotPoints(kpis.slots),
                  gaps: [],
                },
              ]}
            />
          </Section>
          <Priorities kpis={kpis} />
          <Top kpis={kpis} />
        </>
      )}
    </>
  )
}

const SLOT_MS = 600_000

/** A slot without alarms has none: the steps fall back to zero. */
function slotPoints(slots: Kpis['slots']): [number, number][] {
  const points: [number, number][] = []
  slots.forEach(({ at, raised }, i) => {
    const ms = Date.parse(at)
    points.push([ms, raised])
    const next = slots[i + 1]
    if (!next || Date.parse(next.at) > ms + SLOT_MS) points.push([ms + SLOT_MS, 0])
  })
  return points
}

function Figure(props: { name: string; value: string; good?: boolean | undefined; hint?: Record<string, number>; at?: string | null }) {
  const t = useWords('alarms')
  return (
    <li className="al-kpi" data-kpi={props.name}>
      <div className="al-kpi-head">
        <span>{t(`kpi.${props.name}`)}</span>
        {props.good !== undefined && <StatusTag tone={props.good ? 'good' : 'warning'}>{t(props.good ? 'kpi.good' : 'kpi.bad')}</StatusTag>}
      </div>
      <strong>{props.value}</strong>
      {props.at && <span className="ls-quiet"> {formatDateTime(props.at)}</span>}
      <p className="ls-quiet">{t(`kpi.hints.${props.name}`, props.hint)}</p>
    </li>
  )
}

function Priorities({ kpis }: { kpis: Kpis }) {
  const t = useWords('alarms')
  return (
    <Section title={t('kpi.priorities')}>
      <p className="ls-quiet">{t('kpi.target')}</p>
      <ul className="al-bars">
        {Priority.options.map((priority) => {
          const n = kpis.byPriority[priority]
          return (
            <li key={priority}>
              <PriorityTag priority={priority} />
              <span className="al-bar" style={{ width: `${(n / kpis.raised) * 100}%` }} />
              <span>
                {formatNumber(n)} · {percent(n / kpis.raised)}
              </span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function Top({ kpis }: { kpis: Kpis }) {
  const t = useWords('alarms')
  const locale = useLocale()
  return (
    <Section title={t('kpi.top')}>
      <div className="al-scroll">
        <table className="al-table">
          <thead>
            <tr>
              <th>{t('priority')}</th>
              <th>{t('alarm')}</th>
              <th>{t('device')}</th>
              <th>{t('kpi.times')}</th>
              <th>{t('kpi.share')}</th>
              <th>{t('kpi.chatteringMinutes')}</th>
            </tr>
          </thead>
          <tbody>
            {kpis.top.map((row) => (
              <tr key={row.alarmId}>
                <td>
                  <PriorityTag priority={row.priority} />
                </td>
                <td>
                  <Link to={`/alarms/${row.alarmId}`}>{nameIn(locale, row.name, row.nameEn)}</Link>
                </td>
                <td>{nameIn(locale, row.deviceName, row.deviceNameEn)}</td>
                <td className="al-number">{formatNumber(row.raised)}</td>
                <td className="al-number">{percent(row.share)}</td>
                <td className="al-number">{formatNumber(row.chatteringMinutes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
