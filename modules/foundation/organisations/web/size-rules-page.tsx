import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, NotAllowed, Page, Section, StatusTag } from '#ui/page.tsx'
import { useSession } from '#ui/session.ts'
import { organisationsApi, type SizeRule } from '../contract.ts'
import { organisationQueries } from './queries.ts'

const classes = ['large', 'medium', 'small'] as const

/** Sectors whose classes go by employees and revenue. */
const sectors = [
  'industry',
  'transport',
  'storage',
  'post',
  'wholesale',
  'retail',
  'accommodation',
  'catering',
  'information',
  'software',
  'property',
  'agriculture',
  'otherServices',
]

/** The operator's page of the thresholds: master data of all, versioned by date, each with its source. */
export function Component() {
  const t = useWords('organisations')
  const session = useSession()
  const query = useQuery(organisationQueries.sizeRules)
  const [adding, setAdding] = useState(false)
  if (session.organisation.kind !== 'operator') return <NotAllowed reason={t('errors.operatorOnly')} />
  return (
    <Page
      title={t('sizeRules.title')}
      subtitle={t('sizeRules.subtitle')}
      actions={
        <Button type="primary" onClick={() => setAdding(true)}>
          {t('sizeRules.add')}
        </Button>
      }
    >
      <Loaded query={query}>{({ rules }) => <Sectors rules={rules} />}</Loaded>
      <p className="ls-quiet">
        {t('sizeRules.microNote')} {t('sizeRules.assetsNote')}
      </p>
      <AddVersion open={adding} onClose={() => setAdding(false)} />
    </Page>
  )
}

function Sectors({ rules }: { rules: readonly SizeRule[] }) {
  const t = useWords('organisations')
  if (rules.length === 0) return <p className="ls-quiet">{t('sizeRules.none')}</p>
  return [...new Set(rules.map((rule) => rule.sector))].map((sector) => (
    <Section key={sector} title={t(`sectors.${sector}`, { defaultValue: sector })} flush>
      <Versions rules={rules.filter((rule) => rule.sector === sector)} />
    </Section>
  ))
}

function Versions({ rules }: { rules: readonly SizeRule[] }) {
  const t = useWords('organisations')
  const today = formatDate(nowMs())
  const dates = [...new Set(rules.map((rule) => rule.validFrom))].sort().reverse()
  const current = dates.find((date) => date <= today)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="ls-rows" tabIndex={0}>
      <table aria-label={t('sizeRules.title')}>
        <thead>
          <tr>
            <th scope="col">{t('validFrom')}</th>
            <th scope="col">{t('sizeClass')}</th>
            <th scope="col" className="ls-cell-right">
              {t('employees')}
            </th>
            <th scope="col" className="ls-cell-right">
              {t('revenue')}
            </th>
            <th scope="col">{t('sizeRules.source')}</th>
          </tr>
        </thead>
        <tbody>
          {dates.flatMap((date) =>
            rules
              .filter((rule) => rule.validFrom === date)
              .sort((a, b) => classes.indexOf(a.sizeClass) - classes.indexOf(b.sizeClass))
              .map((rule, i) => (
                <tr key={`${date} ${rule.sizeClass}`}>
                  <td>{i === 0 && <Version date={date} current={current} />}</td>
                  <td>{t(`sizeClasses.${rule.sizeClass}`)}</td>
                  <td className="ls-cell-right">{`≥ ${formatNumber(rule.minEmployees, t('people'))}`}</td>
                  <td className="ls-cell-right">{`≥ ${formatNumber(rule.minRevenueWan, t('wan'))}`}</td>
                  <td>{rule.source}</td>
                </tr>
              )),
          )}
        </tbody>
      </table>
    </div>
  )
}

function Version({ date, current }: { date: string; current: string | undefined }) {
  const t = useWords('organisations')
  const state = date === current ? 'current' : current === undefined || date > current ? 'upcoming' : 'earlier'
  return (
    <>
      {formatDate(date)}{' '}
      <StatusTag tone={({ current: 'good', upcoming: 'info', earlier: 'neutral' } as const)[state]}>{t(`sizeRules.${state}`)}</StatusTag>
    </>
  )
}

interface VersionValues {
  sector: string
  validFrom: Dayjs
  source: string
  large: Threshold
  medium: Threshold
  small: Threshold
}
interface Threshold {
  minEmployees: number
  minRevenueWan: number
}

function AddVersion({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('organisations')
  const client = useQueryClient()
  return (
    <EditDrawer<VersionValues>
      open={open}
      title={t('sizeRules.add')}
      successText={t('sizeRules.added')}
      onClose={onClose}
      onSubmit={async ({ sector, validFrom, source, ...thresholds }) => {
        const common = { sector, source, validFrom: validFrom.format('YYYY-MM-DD') }
        const rules = classes.map((sizeClass) => ({ ...common, sizeClass, ...thresholds[sizeClass] }))
        await call(organisationsApi.setSizeRules, { body: { rules } })
        await client.invalidateQueries({ queryKey: ['organisations', 'sizeRules'] })
      }}
    >
      <Form.Item name="sector" label={t('sector')} extra={t('sizeRules.assetsNote')} rules={[{ required: true }]}>
        <Select options={sectors.map((value) => ({ value, label: t(`sectors.${value}`) }))} />
      </Form.Item>
      <Form.Item name="validFrom" label={t('validFrom')} extra={t('sizeRules.sameDate')} rules={[{ required: true }]}>
        <DatePicker />
      </Form.Item>
      {classes.map((sizeClass) => (
        <Form.Item key={sizeClass} label={`${t(`sizeClasses.${sizeClass}`)} · ${t('sizeRules.atLeast')}`} required>
          <Space wrap>
            <Form.Item name={[sizeClass, 'minEmployees']} noStyle rules={[{ required: true }]}>
              <InputNumber min={0} max={10_000_000} precision={0} suffix={t('people')} aria-label={t('employees')} style={{ width: 180 }} />
            </Form.Item>
            <Form.Item name={[sizeClass, 'minRevenueWan']} noStyle rules={[{ required: true }]}>
              <InputNumber min={0} max={1_000_000_000} precision={0} suffix={t('wan')} aria-label={t('revenue')} style={{ width: 180 }} />
            </Form.Item>
          </Space>
        </Form.Item>
      ))}
      <Form.Item
        name="source"
        label={t('sizeRules.source')}
        extra={t('sizeRules.sourceHint')}
        rules={[{ required: true, whitespace: true }]}
      >
        <Input maxLength={200} />
      </Form.Item>
    </EditDrawer>
  )
}
