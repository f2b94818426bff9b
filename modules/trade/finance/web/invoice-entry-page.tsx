import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, DatePicker, Form, Input, Select, Space, Tooltip } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { formatDate, formatMoney, formatPrice, formatQuantity } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Page, Section } from '#ui/page.tsx'
import { useSide } from '#ui/side-switch.tsx'
import { unitName } from '#values/units.ts'
import { type Invoice, invoiceApi, type OpenLine, type PartySide } from '../invoice-contract.ts'
import { contentOf, reckoned, sums, type TypedHead, type TypedLine, typedLine, typedLines } from './invoice-content.ts'
import { financeQueries } from './queries.ts'

import './finance.css'

/** A new invoice, or a draft once more: the receipt lines it is for, and its head. */
export function Component() {
  const { id } = useParams()
  return id === undefined ? <NewInvoice /> : <ChangedInvoice id={id} />
}

function ChangedInvoice({ id }: { id: string }) {
  const query = useQuery(financeQueries.invoice(id))
  return (
    <Loaded query={query}>
      {(invoice) => <WithOpenLines side={invoice.side} partner={invoice.partner} invoice={invoice} currency={invoice.gross.currency} />}
    </Loaded>
  )
}

function NewInvoice() {
  const t = useWords('finance')
  const [side] = useSide()
  const [search, setSearch] = useSearchParams()
  const ageing = useQuery(financeQueries.ageing(side))
  const chosen = search.get('partner')
  return (
    <Page
      title={t('entry.title')}
      subtitle={t('entry.subtitle')}
      breadcrumbs={[{ label: t(`invoices.${side}`), path: `/finance/invoices?side=${side}` }]}
    >
      <Loaded query={ageing}>
        {({ rows }) => {
          const open = rows.filter((row) => Number(row.accrued.amount) !== 0)
          const row = open.find((one) => `${one.partner.orgId} ${one.currency}` === chosen)
          if (open.length === 0) return <Notice kind="info" title={t('entry.nothingOpen')} text={t('entry.nothingOpenHint')} />
          return (
            <>
              <Section>
                <Form layout="vertical">
                  <Form.Item label={t(`payables.partner.${side}`)} required style={{ maxWidth: 480 }}>
                    <Select
                      aria-label={t(`payables.partner.${side}`)}
                      placeholder={t('entry.choosePartner')}
                      value={chosen}
                      showSearch={{ optionFilterProp: 'label' }}
                      options={open.map((one) => ({
                        value: `${one.partner.orgId} ${one.currency}`,
                        label: `${one.partner.name} · ${t('ageing.accrued')} ${formatMoney(one.accrued)}`,
                      }))}
                      onChange={(partner: string) => setSearch({ side, partner })}
                    />
                  </Form.Item>
                </Form>
              </Section>
              {row && <WithOpenLines key={chosen} side={side} partner={row.partner} currency={row.currency} />}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

interface Given {
  side: PartySide
  partner: { orgId: Invoice['partner']['orgId']; name: string }
  currency: Invoice['gross']['currency']
  invoice?: Invoice
}

function WithOpenLines(given: Given) {
  const query = useQuery(financeQueries.openLines(given.side, given.partner.orgId, given.currency))
  return <Loaded query={query}>{({ items }) => <Entry {...given} open={items} />}</Loaded>
}

function useEntry({ side, partner, currency, invoice, open }: Given & { open: OpenLine[] }) {
  const t = useWords('finance')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { message } = App.useApp()
  const [lines, setLines] = useState<TypedLine[]>(() => {
    const own = invoice ? typedLines(invoice) : []
    const known = new Set(own.map((line) => line.of.id))
    return [...own, ...open.filter((line) => !known.has(line.id)).map((line) => typedLine(currency, line))]
  })
  const [head, setHead] = useState<TypedHead>({
    code: invoice?.code ?? '',
    number: invoice?.number ?? '',
    day: invoice?.day ?? formatDate(nowMs()),
    net: invoice?.net.amount ?? '0.00',
    tax: invoice?.tax.amount ?? '0.00',
    note: invoice?.note ?? '',
  })
  const [dirty, setDirty] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const [saving, setSaving] = useState(false)
  useUnsavedGuard(dirty && !saving)
  const change = (index: number, part: (line: TypedLine) => TypedLine) => {
    const next = lines.map((line, i) => (i === index ? part(line) : line))
    const total = sums(currency, next)
    setLines(next)
    setHead({ ...head, net: total.net.amount, tax: total.tax.amount })
    setDirty(true)
  }
  const result = contentOf(currency, head, lines)
  const save = async (submit: boolean) => {
    if (!('content' in result)) return
    setSaving(true)
    setFailure(undefined)
    try {
      let saved = invoice
        ? await call(invoiceApi.changeInvoice, { params: { id: invoice.id }, body: { ...result.content, version: invoice.version } })
        : await call(invoiceApi.createInvoice, { body: { ...result.content, side, partnerId: partner.orgId } })
      if (submit) saved = await call(invoiceApi.submitInvoice, { params: { id: saved.id }, body: { version: saved.version } })
      setDirty(false)
      await client.invalidateQueries({ queryKey: ['finance'] })
      void message.success(t(submit ? 'steps.done.submit' : 'entry.saved'))
      void navigate(`/finance/invoices/${saved.id}`)
    } catch (error) {
      setFailure(error)
      setSaving(false)
    }
  }
  const typed = (part: Partial<TypedHead>) => {
    setHead({ ...head, ...part })
    setDirty(true)
  }
  return { head, typed, lines, change, wrong: 'wrong' in result ? result.wrong : undefined, save, saving, failure }
}

function Entry(given: Given & { open: OpenLine[] }) {
  const t = useWords('finance')
  const { head, typed, lines, change, wrong, save, saving, failure } = useEntry(given)
  const reason = wrong && t(wrong)
  return (
    <>
      {failure !== undefined && <Alert type="error" showIcon role="alert" title={errorText(failure, t)} className="ls-form-failure" />}
      <Section title={given.invoice ? t('entry.changeTitle', { partner: given.partner.name }) : t('entry.head')}>
        <Form layout="vertical" className="fin-head">
          <Form.Item htmlFor="invoice-number" label={t('invoices.number')} required extra={t('entry.numberHint')}>
            <Input
              id="invoice-number"
              value={head.number}
              maxLength={20}
              inputMode="numeric"
              onChange={(event) => typed({ number: event.target.value })}
            />
          </Form.Item>
          <Form.Item htmlFor="invoice-code" label={t('invoices.code')} extra={t('entry.codeHint')}>
            <Input
              id="invoice-code"
              value={head.code}
              maxLength={12}
              inputMode="numeric"
              onChange={(event) => typed({ code: event.target.value })}
            />
          </Form.Item>
          <Form.Item htmlFor="invoice-day" label={t('invoices.day')} required>
            <DatePicker
              id="invoice-day"
              allowClear={false}
              value={dayjs(head.day)}
              onChange={(day) => typed({ day: day?.format('YYYY-MM-DD') ?? head.day })}
            />
          </Form.Item>
          <Form.Item htmlFor="invoice-net" label={`${t('invoices.net')}（${given.currency}）`} required extra={t('entry.sumHint')}>
            <Input id="invoice-net" value={head.net} inputMode="decimal" onChange={(event) => typed({ net: event.target.value })} />
          </Form.Item>
          <Form.Item htmlFor="invoice-tax" label={`${t('invoices.tax')}（${given.currency}）`} required>
            <Input id="invoice-tax" value={head.tax} inputMode="decimal" onChange={(event) => typed({ tax: event.target.value })} />
          </Form.Item>
          <Form.Item htmlFor="invoice-note" label={t('note')}>
            <Input id="invoice-note" value={head.note} maxLength={500} onChange={(event) => typed({ note: event.target.value })} />
          </Form.Item>
        </Form>
      </Section>
      <Lines lines={lines} currency={given.currency} change={change} />
      <Space className="ls-form-foot" wrap>
        <Tooltip title={reason}>
          <Button type="primary" disabled={reason !== undefined} loading={saving} onClick={() => void save(true)}>
            {t('entry.saveAndSubmit')}
          </Button>
        </Tooltip>
        <Tooltip title={reason}>
          <Button disabled={reason !== undefined || saving} onClick={() => void save(false)}>
            {t('entry.saveDraft')}
          </Button>
        </Tooltip>
        {reason && <span className="ls-quiet">{reason}</span>}
      </Space>
    </>
  )
}

type Change = (index: number, part: (line: TypedLine) => TypedLine) => void

function Lines({ lines, currency, change }: { lines: TypedLine[]; currency: Given['currency']; change: Change }) {
  const t = useWords('finance')
  const english = useLocale() === 'en-US'
  return (
    <Section title={t('entry.lines')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="fin-scroll" tabIndex={0}>
        <table className="fin-voucher fin-entry" aria-label={t('entry.lines')}>
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col">{t('match.receiptNumber')}</th>
              <th scope="col">{t('match.material')}</th>
              <th scope="col" className="fin-right">
                {t('match.price')}
              </th>
              <th scope="col" className="fin-right">
                {t('match.open')}
              </th>
              <th scope="col">{t('match.quantity')}</th>
              <th scope="col">{t('match.net')}</th>
              <th scope="col">{t('match.tax')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, i) => (
              <tr key={line.of.id}>
                <td>
                  <Checkbox
                    aria-label={`${line.of.receiptNumber} ${line.of.materialCode}`}
                    checked={line.chosen}
                    onChange={(event) => change(i, (one) => ({ ...one, chosen: event.target.checked }))}
                  />
                </td>
                <td>
                  {line.of.receiptNumber}
                  <div className="ls-quiet">{formatDate(line.of.day)}</div>
                </td>
                <td>
                  {line.of.materialCode} {line.of.materialName}
                  <div className="ls-quiet">{line.of.orderNumber || t('statementKinds.usage')}</div>
                </td>
                <td className="fin-right">{formatPrice(currency, line.of.netPrice)}</td>
                <td className="fin-right">{formatQuantity(line.of.open, unitName(line.of.unit, english))}</td>
                <td>
                  <Input
                    aria-label={t('match.quantity')}
                    disabled={!line.chosen}
                    value={line.quantity}
                    inputMode="decimal"
                    onChange={(event) => change(i, (one) => reckoned(currency, one, event.target.value))}
                  />
                </td>
                <td>
                  <Input
                    aria-label={t('match.net')}
                    disabled={!line.chosen}
                    value={line.net}
                    inputMode="decimal"
                    onChange={(event) => change(i, (one) => ({ ...one, net: event.target.value }))}
                  />
                </td>
                <td>
                  <Input
                    aria-label={t('match.tax')}
                    disabled={!line.chosen}
                    value={line.tax}
                    inputMode="decimal"
                    onChange={(event) => change(i, (one) => ({ ...one, tax: event.target.value }))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
