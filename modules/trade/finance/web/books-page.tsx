import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { ledgerApi, type PeriodState } from '../ledger-contract.ts'
import { Amount } from './money-text.tsx'
import { financeQueries } from './queries.ts'
import './finance.css'

/** Trial balance of a month, and the months with their closing. */
export function Component() {
  const t = useWords('finance')
  const [search, setSearch] = useSearchParams()
  const period = search.get('period') ?? pickedOfInstant(nowMs()).format('YYYY-MM')
  return (
    <Page
      title={t('books.title')}
      subtitle={t('books.subtitle')}
      actions={
        <DatePicker
          picker="month"
          allowClear={false}
          aria-label={t('books.period')}
          value={dayjs(period)}
          onChange={(month) => setSearch({ period: month?.format('YYYY-MM') ?? period })}
        />
      }
    >
      <Trial period={period} />
      <Periods />
    </Page>
  )
}

function Trial({ period }: { period: string }) {
  const t = useWords('finance')
  const query = useQuery(financeQueries.trialBalance(period))
  const columns = ['opening', 'debit', 'credit', 'closing'] as const
  return (
    <Section title={t('books.trial', { period })} flush>
      <Loaded query={query}>
        {({ lines }) =>
          lines.length === 0 ? (
            <p className="ls-quiet fin-pad">{t('books.noLines')}</p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            <div className="ls-rows fin-scroll" tabIndex={0}>
              <table aria-label={t('books.trial', { period })}>
                <thead>
                  <tr>
                    <th scope="col">{t('vouchers.account')}</th>
                    {columns.map((column) => (
                      <th key={column} scope="col" className="ls-cell-right">
                        {t(`books.${column}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {lines.map((line) => (
                    <tr key={line.accountId}>
                      <td>
                        {line.code} {line.name}
                      </td>
                      {columns.map((column) => (
                        <td key={column} className="ls-cell-right">
                          <Amount money={line[column]} />
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      <p className="ls-quiet fin-pad">{t('books.signs')}</p>
    </Section>
  )
}

function Periods() {
  const t = useWords('finance')
  const client = useQueryClient()
  const may = useCan('finance.manage')
  const query = useQuery(financeQueries.periods())
  const [reopening, setReopening] = useState<PeriodState>()
  const [closing, setClosing] = useState<PeriodState>()
  const changed = () => client.invalidateQueries({ queryKey: ['finance'] })
  return (
    <Section title={t('books.periods')} flush>
      <Loaded query={query}>
        {({ periods }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <div className="ls-rows fin-scroll" tabIndex={0}>
            <table aria-label={t('books.periods')}>
              <tbody>
                {periods.map((row) => (
                  <tr key={row.period}>
                    <td>{row.period}</td>
                    <td>{t('books.vouchers', { n: formatNumber(row.vouchers) })}</td>
                    <td>
                      {row.closedAt === null ? (
                        <StatusTag tone="info">{t('books.openPeriod')}</StatusTag>
                      ) : (
                        <StatusTag tone="good">{t('books.closed', { by: row.closedBy ?? '', at: formatDateTime(row.closedAt) })}</StatusTag>
                      )}
                    </td>
                    <td className="ls-cell-right">
                      {may && (
                        <Button onClick={() => (row.closedAt === null ? setClosing(row) : setReopening(row))}>
                          {t(row.closedAt === null ? 'books.close' : 'books.reopen')}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
                {periods.length === 0 && (
                  <tr>
                    <td>{t('books.noPeriods')}</td>
                  </tr>
                )}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <EditModal
        open={closing !== undefined}
        title={t('books.closeTitle', { period: closing?.period ?? '' })}
        allowUnchanged
        submitText={t('books.close')}
        onClose={() => setClosing(undefined)}
        onSubmit={async () => {
          if (closing) await call(ledgerApi.closePeriod, { body: { period: closing.period } })
          await changed()
        }}
      >
        <p>{t('books.closeText')}</p>
      </EditModal>
      <EditModal<{ reason: string }>
        open={reopening !== undefined}
        title={t('books.reopenTitle', { period: reopening?.period ?? '' })}
        danger
        allowUnchanged
        submitText={t('books.reopen')}
        onClose={() => setReopening(undefined)}
        onSubmit={async ({ reason }) => {
          if (reopening) await call(ledgerApi.reopenPeriod, { body: { period: reopening.period, reason } })
          await changed()
        }}
      >
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={200} rows={2} />
        </Form.Item>
      </EditModal>
    </Section>
  )
}
