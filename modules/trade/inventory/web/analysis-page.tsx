import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, DatePicker, Form, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { EMPTY, formatDate, formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { inventoryApi, ValuationMethod } from '../contract.ts'
import { stockApi } from '../stock-contract.ts'
import { inventoryQueries } from './queries.ts'
import './inventory.css'

export function Component() {
  const t = useWords('inventory')
  return (
    <Page title={t('menu.analysis')} subtitle={t('analysis.subtitle')}>
      <Turnover />
      <Ageing />
      <SettingSection />
    </Page>
  )
}

const YEAR_MS = 365 * 86_400_000

function Turnover() {
  const t = useWords('inventory')
  const [params, setParams] = useSearchParams()
  const from = params.get('from') ?? formatDate(nowMs() - YEAR_MS)
  const until = params.get('until') ?? formatDate(nowMs())
  const query = useQuery({
    queryKey: ['inventory', 'turnover', from, until],
    queryFn: ({ signal }) => call(stockApi.turnover, { query: { from, until }, signal }),
  })
  return (
    <Section
      title={t('analysis.turnover')}
      extra={
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(from), dayjs(until)]}
          onChange={(range) =>
            range?.[0] && range[1] && setParams({ from: range[0].format('YYYY-MM-DD'), until: range[1].format('YYYY-MM-DD') })
          }
        />
      }
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <DetailGrid
              columns={3}
              items={[
                { label: t('analysis.turns'), value: found.turns === null ? EMPTY : t('analysis.times', { n: found.turns }) },
                { label: t('analysis.daysOfStock'), value: found.daysOfStock === null ? EMPTY : t('days', { n: found.daysOfStock }) },
                { label: t('analysis.issued'), value: formatMoney(found.issued) },
                { label: t('analysis.opening'), value: formatMoney(found.opening) },
                { label: t('analysis.closing'), value: formatMoney(found.closing) },
                { label: t('analysis.average'), value: formatMoney(found.average) },
              ]}
            />
            <p className="ls-quiet">{t('analysis.formula')}</p>
          </>
        )}
      </Loaded>
    </Section>
  )
}

function Ageing() {
  const t = useWords('inventory')
  const query = useQuery({ queryKey: ['inventory', 'ageing'], queryFn: ({ signal }) => call(stockApi.ageing, { signal }) })
  return (
    <Section
      title={t('analysis.ageing')}
      extra={
        <Link to="/inventory?idleDays=90&sort=lastOut">
          <Button>{t('analysis.slow')}</Button>
        </Link>
      }
    >
      <Loaded query={query}>
        {({ total, buckets }) => {
          const whole = Number(total.amount)
          return (
            <>
              <div className="iv-buckets">
                {buckets.map(({ bucket, value, materials }) => {
                  const part = whole === 0 ? 0 : Number(value.amount) / whole
                  return (
                    <div key={bucket}>
                      <div className="ls-quiet">{t(`analysis.buckets.${bucket}`)}</div>
                      <strong>{formatMoney(value)}</strong>
                      <div className="iv-bar" style={{ width: `${Math.round(part * 100)}%` }} />
                      <div className="ls-quiet">{t('analysis.materials', { n: materials, percent: (part * 100).toFixed(1) })}</div>
                    </div>
                  )
                })}
              </div>
              <p className="ls-quiet">{t('analysis.ageingFormula', { total: formatMoney(total) })}</p>
            </>
          )
        }}
      </Loaded>
    </Section>
  )
}

function SettingSection() {
  const t = useWords('inventory')
  const client = useQueryClient()
  const canChange = useCan('inventory.account')
  const [open, setOpen] = useState(false)
  const query = useQuery(inventoryQueries.setting)
  return (
    <Section title={t('setting.title')} extra={canChange && <Button onClick={() => setOpen(true)}>{t('setting.change')}</Button>}>
      <Loaded query={query}>
        {(setting) => (
          <>
            <DetailGrid
              columns={3}
              items={[
                { label: t('setting.method'), value: t(`setting.methods.${setting.method}`) },
                { label: t('setting.currency'), value: setting.currency },
                { label: t('setting.closedUntil'), value: formatDate(setting.closedUntil) },
                {
                  label: t('setting.onlyFromStock'),
                  value: t(setting.onlyFromStock ? 'setting.onlyFromStockOn' : 'setting.onlyFromStockOff'),
                  wide: true,
                },
              ]}
            />
            <EditModal<{ method: ValuationMethod; closedUntil: Dayjs | null; onlyFromStock: boolean }>
              open={open}
              title={t('setting.title')}
              initialValues={{
                method: setting.method,
                closedUntil: setting.closedUntil ? dayjs(setting.closedUntil) : null,
                onlyFromStock: setting.onlyFromStock,
              }}
              fieldOfCode={{ 'inventory.methodInUse': 'method' }}
              onReload={() => void query.refetch()}
              onClose={() => setOpen(false)}
              onSubmit={async ({ method, closedUntil, onlyFromStock }) => {
                await call(inventoryApi.changeSetting, {
                  body: { version: setting.version, method, closedUntil: closedUntil?.format('YYYY-MM-DD') ?? null, onlyFromStock },
                })
                await client.invalidateQueries({ queryKey: ['inventory', 'setting'] })
              }}
            >
              <Form.Item name="method" label={t('setting.method')} extra={t('setting.methodHint')}>
                <Select options={ValuationMethod.options.map((value) => ({ value, label: t(`setting.methods.${value}`) }))} />
              </Form.Item>
              <Form.Item name="closedUntil" label={t('setting.closedUntil')} extra={t('setting.closedHint')}>
                <DatePicker />
              </Form.Item>
              <Form.Item
                name="onlyFromStock"
                valuePropName="checked"
                label={t('setting.onlyFromStock')}
                extra={t('setting.onlyFromStockHint')}
              >
                <Checkbox>{t('setting.onlyFromStockOn')}</Checkbox>
              </Form.Item>
            </EditModal>
          </>
        )}
      </Loaded>
    </Section>
  )
}
