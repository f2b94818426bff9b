import { useQuery } from '@tanstack/react-query'
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { EMPTY, formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Section } from '#ui/page.tsx'
import { roundPercent } from '#values/decimal.ts'
import type { Side } from '../order-states.ts'
import { orderQueries } from './queries.ts'

const DAY_MS = 86_400_000
const SHOWN_DAYS = 90

/** Punctuality by partner and the time from step to step, each with its formula and its base. */
export function FiguresTab({ side }: { side: Side }) {
  const t = useWords('orders')
  const [[from, until], setPeriod] = useState<[string, string]>([formatDate(nowMs() - SHOWN_DAYS * DAY_MS), formatDate(nowMs())])
  const query = useQuery(orderQueries.figures(side, from, until))
  return (
    <>
      <p className="orders-period">
        {t('figures.period')}{' '}
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(from), dayjs(until)]}
          onChange={(chosen) => {
            const [a, b] = chosen ?? []
            if (a && b) setPeriod([a.format('YYYY-MM-DD'), b.format('YYYY-MM-DD')])
          }}
        />
      </p>
      <Loaded query={query}>
        {({ onTime, steps }) => (
          <>
            <Section title={t('figures.onTime')}>
              <p className="ls-quiet">{t('figures.onTimeFormula')}</p>
              {onTime.length === 0 ? (
                <p>{t('figures.nothingDue')}</p>
              ) : (
                <Table
                  heads={[
                    t(side === 'buyer' ? 'list.supplier' : 'list.customer'),
                    ...['rate', 'due', 'onTimeCount', 'late', 'overdue'].map((key) => t(`figures.${key}`)),
                  ]}
                  rows={onTime.map((row) => ({
                    key: row.partnerId,
                    cells: [row.partner, row.rate === null ? EMPTY : roundPercent(row.rate), row.due, row.onTime, row.late, row.overdue],
                  }))}
                />
              )}
            </Section>
            <Section title={t('figures.steps')}>
              <p className="ls-quiet">{t('figures.stepsFormula')}</p>
              <Table
                heads={[t('figures.step'), t('figures.meanHours'), t('figures.orders')]}
                rows={steps.map((row) => ({
                  key: row.step,
                  cells: [t(`figures.stepNames.${row.step}`), row.meanHours ?? EMPTY, row.orders],
                }))}
              />
            </Section>
          </>
        )}
      </Loaded>
    </>
  )
}

function Table({ heads, rows }: { heads: string[]; rows: { key: string; cells: (string | number)[] }[] }) {
  return (
    <div className="orders-lines-scroll">
      <table className="orders-changes">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
                <td key={i}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
