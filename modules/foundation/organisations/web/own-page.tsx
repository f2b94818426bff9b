import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select, Switch } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate, formatNumber, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { DemoTag, DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { Industry, type Organisation, organisationsApi } from '../contract.ts'
import { organisationQueries } from './queries.ts'
import { industryText } from './relation-words.tsx'

/** The own organisation: its data and its size over the years. */
export function Component() {
  const query = useQuery(organisationQueries.own)
  return <Loaded query={query}>{(organisation) => <OwnPage organisation={organisation} />}</Loaded>
}

function OwnPage({ organisation }: { organisation: Organisation }) {
  const t = useWords('organisations')
  const locale = useLocale()
  const canManage = useCan('organisations.manage')
  const [editing, setEditing] = useState(false)
  return (
    <Page
      title={nameIn(locale, organisation.name, organisation.nameEn)}
      subtitle={t('ownSubtitle')}
      tags={organisation.demo && <DemoTag />}
      actions={
        canManage && (
          <Button type="primary" onClick={() => setEditing(true)}>
            {t('ui:edit')}
          </Button>
        )
      }
    >
      <Section title={t('own')}>
        <DetailGrid
          items={[
            { label: t('orgName'), value: organisation.name },
            { label: t('nameEn'), value: formatText(organisation.nameEn) },
            { label: t('kindLabel'), value: t(`kind.${organisation.kind}`) },
            { label: t('industryLabel'), value: industryText(organisation.industry, t) },
            { label: t('creditCode'), value: organisation.creditCode },
            { label: t('code'), value: organisation.code },
            { label: t('city'), value: formatText(organisation.city) },
          ]}
        />
      </Section>
      <Sizes organisation={organisation} />
      <Panels slot="record" props={{ entity: 'organisations.organisation', recordId: organisation.id }} />
      <EditOwn organisation={organisation} open={editing} onClose={() => setEditing(false)} />
    </Page>
  )
}

function Sizes({ organisation }: { organisation: Organisation }) {
  const t = useWords('organisations')
  const sizes = [...organisation.sizes].sort((a, b) => b.validFrom.localeCompare(a.validFrom))
  return (
    <Section title={t('sizes')} extra={<span className="ls-quiet">{t('sizesSource')}</span>} flush>
      {sizes.length === 0 ? (
        <p className="ls-table-count">{t('noSizes')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div className="ls-rows" tabIndex={0}>
          <table aria-label={t('sizes')}>
            <thead>
              <tr>
                <th scope="col">{t('validFrom')}</th>
                <th scope="col">{t('sector')}</th>
                <th scope="col" className="ls-cell-right">
                  {t('employees')}
                </th>
                <th scope="col" className="ls-cell-right">
                  {t('revenue')}
                </th>
                <th scope="col">{t('sizeClass')}</th>
              </tr>
            </thead>
            <tbody>
              {sizes.map((size) => (
                <tr key={size.validFrom}>
                  <td>{formatDate(size.validFrom)}</td>
                  <td>{t(`sectors.${size.sector}`, { defaultValue: size.sector })}</td>
                  <td className="ls-cell-right">{formatNumber(size.employees, t('people'))}</td>
                  <td className="ls-cell-right">{formatNumber(size.revenueWan, t('wan'))}</td>
                  <td>{t(`sizeClasses.${size.sizeClass}`)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

interface OwnValues {
  name: string
  nameEn?: string | null
  city?: string | null
  industry?: Organisation['industry']
  addSize?: boolean
  size?: { validFrom: Dayjs; sector: string; employees: number; revenueWan: number }
}

function EditOwn({ organisation, open, onClose }: { organisation: Organisation; open: boolean; onClose: () => void }) {
  const t = useWords('organisations')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['organisations', 'own'] })
  const { name, nameEn, city, industry, version } = organisation
  return (
    <EditDrawer<OwnValues>
      open={open}
      title={t('editOwn')}
      initialValues={{ name, nameEn, city, industry }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async (values) => {
        const size = values.addSize && values.size ? { ...values.size, validFrom: values.size.validFrom.format('YYYY-MM-DD') } : null
        const body = {
          version,
          name: values.name,
          nameEn: values.nameEn || null,
          city: values.city || null,
          industry: values.industry ?? null,
          size,
        }
        await call(organisationsApi.update, { body })
        await Promise.all([refresh(), client.invalidateQueries({ queryKey: ['session'] })])
      }}
    >
      <Form.Item name="name" label={t('orgName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="nameEn" label={t('nameEn')}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="city" label={t('city')}>
        <Input maxLength={60} placeholder={t('cityExample')} />
      </Form.Item>
      <Form.Item name="industry" label={t('industryLabel')}>
        <Select allowClear options={Industry.options.map((value) => ({ value, label: t(`groups.${value}`) }))} />
      </Form.Item>
      <Form.Item name="addSize" label={t('addSize')} valuePropName="checked" extra={t('addSizeHint')}>
        <Switch />
      </Form.Item>
      <Form.Item noStyle dependencies={['addSize']}>
        {({ getFieldValue }) => (getFieldValue('addSize') ? <SizeFields /> : null)}
      </Form.Item>
    </EditDrawer>
  )
}

function SizeFields() {
  const t = useWords('organisations')
  const rules = useQuery(organisationQueries.sizeRules)
  const sectors = [...new Set(rules.data?.rules.map((rule) => rule.sector))]
  return (
    <>
      <Form.Item name={['size', 'validFrom']} label={t('validFrom')} rules={[{ required: true }]}>
        <DatePicker />
      </Form.Item>
      <Form.Item name={['size', 'sector']} label={t('sector')} rules={[{ required: true }]}>
        <Select options={sectors.map((value) => ({ value, label: t(`sectors.${value}`, { defaultValue: value }) }))} />
      </Form.Item>
      <Form.Item name={['size', 'employees']} label={t('employees')} rules={[{ required: true }]}>
        <InputNumber min={0} precision={0} suffix={t('people')} style={{ width: 200 }} />
      </Form.Item>
      <Form.Item name={['size', 'revenueWan']} label={t('revenue')} rules={[{ required: true }]}>
        <InputNumber min={0} precision={0} suffix={t('wan')} style={{ width: 200 }} />
      </Form.Item>
    </>
  )
}
