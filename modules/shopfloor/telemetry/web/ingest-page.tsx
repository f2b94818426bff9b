import { useQuery } from '@tanstack/react-query'
import { Alert, Select } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { TrendChart } from '#ui/trend-chart.tsx'
import { type QuarantinedPiece, RefusalReason, StoredNote, telemetryApi } from '../contract.ts'
import { telemetryQueries } from './queries.ts'
import './telemetry.css'

const HOURS = [1, 24, 168]

/** Is what the machines send arriving, and what was refused and why. */
export function Component() {
  const t = useWords('telemetry')
  const [hours, setHours] = useState(24)
  const health = useQuery(telemetryQueries.health(hours))
  return (
    <Page
      title={t('ingest.title')}
      subtitle={t('ingest.subtitle')}
      actions={
        <Select
          aria-label={t('ingest.span')}
          value={hours}
          onChange={setHours}
          options={HOURS.map((value) => ({ value, label: t(`ingest.hours.${value}`) }))}
        />
      }
    >
      <Loaded query={health}>
        {(data) => {
          const n = new Map(data.totals.map((total) => [total.count as string, total]))
          const refused = RefusalReason.options.reduce((sum, reason) => sum + (n.get(reason)?.n ?? 0), 0)
          return (
            <>
              {data.store.state !== 'storing' && (
                <Alert
                  type="error"
                  showIcon
                  title={t(`ingest.store.${data.store.state}`)}
                  description={
                    data.store.state === 'waiting'
                      ? t('ingest.store.why', {
                          reason: t(`ingest.store.reasons.${data.store.reason ?? 'storeRefuses'}`),
                          since: formatDateTimeSeconds(data.store.since),
                          rows: formatNumber(data.store.waitingRows),
                        })
                      : t('ingest.store.start')
                  }
                />
              )}
              <Section title={t('ingest.now')}>
                <div className="tm-facts">
                  <Fact label={t('ingest.accepted')} value={formatNumber(n.get('accepted')?.n ?? 0)} />
                  <Fact label={t('ingest.refused')} value={formatNumber(refused)} />
                  <Fact label={t('ingest.lag50')} value={formatNumber(data.lagMs.p50, 'ms', 0)} />
                  <Fact label={t('ingest.lag99')} value={formatNumber(data.lagMs.p99, 'ms', 0)} />
                  <Fact label={t('ingest.closedUntil')} value={formatDateTimeSeconds(data.rollUp.closedUntil).slice(5)} />
                  <Fact label={t('ingest.dirtyHours')} value={formatNumber(data.rollUp.dirtyHours)} />
                </div>
              </Section>
              <Section title={t('ingest.perMinute')}>
                <TrendChart
                  name="ingest"
                  heightPx={220}
                  series={[
                    {
                      name: t('ingest.values'),
                      unit: null,
                      kind: 'interval',
                      points: data.perMinute.map((minute) => [Date.parse(minute.minute), minute.n]),
                      gaps: [],
                    },
                  ]}
                />
              </Section>
              <Section title={t('ingest.counts')}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
                <section className="tm-scroll" tabIndex={0} aria-label={t('ingest.counts')}>
                  <table className="tm-days">
                    <thead>
                      <tr>
                        <th scope="col">{t('ingest.what')}</th>
                        <th scope="col">{t('ingest.n')}</th>
                        <th scope="col">{t('ingest.last')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {[...StoredNote.options, ...RefusalReason.options]
                        .filter((count) => n.has(count))
                        .map((count) => (
                          <tr key={count}>
                            <td>
                              <StatusTag tone={count === 'accepted' ? 'good' : RefusalReason.safeParse(count).success ? 'bad' : 'info'}>
                                {t(`counts.${count}`)}
                              </StatusTag>
                            </td>
                            <td>{formatNumber(n.get(count)?.n)}</td>
                            <td>{formatDateTimeSeconds(n.get(count)?.lastAt)}</td>
                          </tr>
                        ))}
                    </tbody>
                  </table>
                </section>
              </Section>
            </>
          )
        }}
      </Loaded>
      <Section title={t('ingest.quarantine')} flush>
        <DataTable<QuarantinedPiece>
          name="quarantine"
          label={t('ingest.quarantine')}
          queryKey={['telemetry', 'quarantine']}
          rowKey={(row) => row.id}
          searchable={false}
          defaultSort="-at"
          refreshMs={10_000}
          pageQuery={({ search: _, ...query }, signal) => call(telemetryApi.quarantine, { query: query as never, signal })}
          filters={[
            {
              key: 'reason',
              label: t('ingest.reason'),
              options: RefusalReason.options.map((value) => ({ value, label: t(`counts.${value}`) })),
            },
          ]}
          columns={[
            { key: 'at', title: t('ingest.at'), sort: 'at', render: (row) => formatDateTimeSeconds(row.at), width: 170 },
            { key: 'reason', title: t('ingest.reason'), render: (row) => t(`counts.${row.reason}`), primary: true },
            { key: 'device', title: t('ingest.device'), render: (row) => row.device },
            { key: 'point', title: t('ingest.point'), render: (row) => row.point ?? '—' },
            { key: 'text', title: t('ingest.text'), render: (row) => <code>{row.text}</code>, text: (row) => row.text },
          ]}
          empty={{ text: t('ingest.nothingRefused') }}
        />
      </Section>
    </Page>
  )
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div className="tm-fact">
      <span className="ls-quiet">{label}</span>
      <strong>{value}</strong>
    </div>
  )
}
