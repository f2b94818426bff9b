import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { payableApi, type TermRule } from '../payable-contract.ts'
import './finance.css'

const classes = ['large', 'medium', 'small', 'micro'] as const
type SizeClass = (typeof classes)[number]

interface Values {
  clause: string
  name: string
  days: number
  payerClasses: SizeClass[]
  payeeClasses: SizeClass[]
  validFrom: Dayjs
  validUntil?: Dayjs | null
  source: string
}

/** What the law says on terms of payment: versions with their day and their source, of the operator's making. */
export function Component() {
  const t = useWords('finance')
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['finance', 'term-rules'], queryFn: ({ signal }) => call(payableApi.termRules, { signal }) })
  const [edited, setEdited] = useState<TermRule | 'new'>()
  const known = edited === 'new' ? undefined : edited
  return (
    <Page
      title={t('menu.termRules')}
      subtitle={t('termRules.subtitle')}
      actions={
        query.isSuccess && (
          <Button type="primary" onClick={() => setEdited('new')}>
            {t('termRules.add')}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {({ rules }) => (
          <Section flush>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <div className="ls-rows fin-scroll" tabIndex={0}>
              <table className="fin-rules" aria-label={t('menu.termRules')}>
                <thead>
                  <tr>
                    <th scope="col">{t('termRules.name')}</th>
                    <th scope="col">{t('termRules.days')}</th>
                    <th scope="col">{t('termRules.payer')}</th>
                    <th scope="col">{t('termRules.payee')}</th>
                    <th scope="col">{t('termRules.valid')}</th>
                    <th scope="col">{t('terms.source')}</th>
                    <th scope="col">
                      <span className="ls-sr">{t('edit')}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rules.map((rule) => (
                    <tr key={`${rule.clause} ${rule.validFrom}`}>
                      <td>
                        {rule.name}
                        <div className="ls-quiet">{rule.clause}</div>
                      </td>
                      <td data-label={t('termRules.days')}>
                        {t('settings.days', { n: rule.days })}
                        {rule.blocking && <div className="ls-quiet">{t('termRules.blocks')}</div>}
                      </td>
                      <td data-label={t('termRules.payer')}>{rule.payerClasses.map((size) => t(`sizes.${size}`)).join('、')}</td>
                      <td data-label={t('termRules.payee')}>{rule.payeeClasses.map((size) => t(`sizes.${size}`)).join('、')}</td>
                      <td data-label={t('termRules.valid')}>
                        {formatDate(rule.validFrom)} – {rule.validUntil === null ? t('accounts.open') : formatDate(rule.validUntil)}
                      </td>
                      <td data-label={t('terms.source')}>{rule.source}</td>
                      <td>
                        <Button type="link" onClick={() => setEdited(rule)}>
                          {t('edit')}
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Section>
        )}
      </Loaded>
      <EditDrawer<Values>
        open={edited !== undefined}
        title={known ? t('termRules.editTitle', { name: known.name }) : t('termRules.add')}
        initialValues={
          known
            ? {
                ...known,
                payerClasses: known.payerClasses as SizeClass[],
                payeeClasses: known.payeeClasses as SizeClass[],
                validFrom: dayjs(known.validFrom),
                validUntil: known.validUntil === null ? null : dayjs(known.validUntil),
              }
            : { days: 60, payerClasses: ['large'], payeeClasses: ['medium', 'small', 'micro'], validFrom: pickedOfInstant(nowMs()) }
        }
        onClose={() => setEdited(undefined)}
        onSubmit={async ({ validFrom, validUntil, ...values }) => {
          const until = validUntil?.format('YYYY-MM-DD') ?? null
          await call(payableApi.setTermRule, { body: { ...values, validFrom: validFrom.format('YYYY-MM-DD'), validUntil: until } })
          await client.invalidateQueries({ queryKey: ['finance'] })
        }}
      >
        <p className="ls-quiet">{t('termRules.hint')}</p>
        <Form.Item name="name" label={t('termRules.name')} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item
          name="clause"
          label={t('termRules.clause')}
          extra={t('termRules.clauseHint')}
          rules={[{ required: true, pattern: /^[a-z][A-Za-z0-9]{1,39}$/, message: t('termRules.clauseForm') }]}
        >
          <Input maxLength={40} disabled={known !== undefined} />
        </Form.Item>
        <Form.Item name="days" label={t('termRules.days')} rules={[{ required: true }]}>
          <InputNumber min={1} max={365} precision={0} />
        </Form.Item>
        {(['payerClasses', 'payeeClasses'] as const).map((field) => (
          <Form.Item
            key={field}
            name={field}
            label={t(field === 'payerClasses' ? 'termRules.payer' : 'termRules.payee')}
            rules={[{ required: true }]}
          >
            <Select mode="multiple" options={classes.map((value) => ({ value, label: t(`sizes.${value}`) }))} />
          </Form.Item>
        ))}
        <Form.Item name="validFrom" label={t('accounts.validFrom')} rules={[{ required: true }]}>
          <DatePicker disabled={known !== undefined} />
        </Form.Item>
        <Form.Item name="blocking" valuePropName="checked" extra={t('termRules.blockingHint')}>
          <Checkbox>{t('termRules.blocking')}</Checkbox>
        </Form.Item>
        <Form.Item name="validUntil" label={t('termRules.validUntil')}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="source" label={t('terms.source')} extra={t('termRules.sourceHint')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={300} rows={3} />
        </Form.Item>
      </EditDrawer>
    </Page>
  )
}
