import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDate, formatDateTime, formatMoney, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Notice, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { type Invoice, type InvoiceAction, invoiceApi } from '../invoice-contract.ts'
import { InvoiceStateTag } from './invoice-state-tag.tsx'
import { MatchTable } from './match-table.tsx'
import { financeQueries } from './queries.ts'
import { SelfBillFinding, SelfBillSteps } from './self-bill-steps.tsx'
import './finance.css'

export function Component() {
  const { id = '' } = useParams()
  return <Loaded query={useQuery(financeQueries.invoice(id))}>{(invoice) => <InvoiceSheet invoice={invoice} />}</Loaded>
}

type Step = Exclude<InvoiceAction, 'change' | 'revise' | 'dispute' | 'confirm' | 'issue'>
const endpoints: Record<Step, Endpoint> = {
  submit: invoiceApi.submitInvoice,
  match: invoiceApi.matchInvoice,
  block: invoiceApi.blockInvoice,
  release: invoiceApi.releaseInvoice,
  approve: invoiceApi.approveInvoice,
  reject: invoiceApi.rejectInvoice,
  withdraw: invoiceApi.withdrawInvoice,
}
const withReason: readonly Step[] = ['block', 'release', 'reject', 'withdraw']
const isStep = (action: InvoiceAction): action is Step => action in endpoints
const first: readonly Step[] = ['submit', 'approve', 'release']

function InvoiceSheet({ invoice }: { invoice: Invoice }) {
  const t = useWords('finance')
  const side = invoice.side
  return (
    <Page
      title={t(invoice.billNumber === invoice.number ? 'invoices.billSheet' : 'invoices.sheet', { number: invoice.number })}
      tags={<InvoiceStateTag state={invoice.state} />}
      breadcrumbs={[{ label: t(`invoices.${side}`), path: `/finance/invoices?side=${side}` }]}
      actions={
        <>
          <SelfBillSteps invoice={invoice} />
          <Steps invoice={invoice} />
        </>
      }
    >
      <Section>
        <DetailGrid
          items={[
            { label: t(`payables.partner.${side}`), value: invoice.partner.name },
            invoice.billNumber !== null && { label: t('invoices.billNumber'), value: invoice.billNumber },
            invoice.billNumber !== null && { label: t('invoices.billDay'), value: formatDate(invoice.billDay) },
            { label: t('invoices.code'), value: formatText(invoice.code) },
            invoice.billNumber !== invoice.number && { label: t('invoices.day'), value: formatDate(invoice.day) },
            { label: t('invoices.net'), value: formatMoney(invoice.net) },
            { label: t('invoices.tax'), value: formatMoney(invoice.tax) },
            { label: t('invoices.gross'), value: formatMoney(invoice.gross) },
            {
              label: t('invoices.enteredBy'),
              value: `${t(invoice.own ? 'invoices.own' : 'invoices.partners')} ${invoice.own ? (invoice.submitted.by ?? '') : ''}`,
            },
            { label: t('invoices.submittedAt'), value: formatDateTime(invoice.submitted.at) },
            invoice.confirmed && {
              label: t('invoices.confirmed'),
              value: `${invoice.confirmed.by ?? ''} ${formatDateTime(invoice.confirmed.at)}`,
            },
            invoice.released && { label: t('invoices.released'), value: `${invoice.released.by ?? ''} ${invoice.released.reason ?? ''}` },
            invoice.approved && {
              label: t('invoices.approved'),
              value: `${invoice.approved.by ?? ''} ${formatDateTime(invoice.approved.at)}`,
            },
            invoice.endReason !== null && { label: t('reason'), value: invoice.endReason, wide: true },
            invoice.note !== '' && { label: t('note'), value: invoice.note, wide: true },
          ]}
        />
      </Section>
      <div className="fin-finding">
        <SelfBillFinding invoice={invoice} />
        <Finding invoice={invoice} />
      </div>
      <MatchTable invoice={invoice} />
      <Panels slot="document" props={{ entity: 'finance.invoice', recordId: invoice.id }} />
    </Page>
  )
}

function Finding({ invoice }: { invoice: Invoice }) {
  const t = useWords('finance')
  if (invoice.state === 'submitted' && invoice.reasons === null) return <Notice kind="info" title={t('match.waiting')} />
  if (invoice.state === 'blocked')
    return (
      <Notice
        kind="warning"
        title={
          invoice.blocked
            ? t('match.blockedBy', { by: invoice.blocked.by ?? '', reason: invoice.blocked.reason ?? '' })
            : t('match.blocked')
        }
        text={t('match.blockedHint')}
      />
    )
  if (invoice.state === 'matched')
    return <Notice kind="success" title={t(invoice.reasons?.length ? 'match.released' : 'match.fits')} text={t('match.approveHint')} />
  return null
}

/** Each step that the state allows the own side; a step that needs a reason asks for it. */
function Steps({ invoice }: { invoice: Invoice }) {
  const t = useWords('finance')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [asking, setAsking] = useState<Step>()
  const [busy, setBusy] = useState(false)
  const may = { enter: useCan('finance.enterInvoices'), approve: useCan('finance.approve') }
  const run = async (step: Step, body: { version: number; reason?: string }) => {
    await call(endpoints[step], { params: { id: invoice.id }, body } as never)
    await client.invalidateQueries({ queryKey: ['finance'] })
  }
  const start = async (step: Step) => {
    if (withReason.includes(step)) return setAsking(step)
    setBusy(true)
    await run(step, { version: invoice.version }).then(
      () => message.success(t(`steps.done.${step}`)),
      (error: unknown) => message.error(errorText(error, t)),
    )
    setBusy(false)
  }
  const steps = invoice.actions.filter(isStep)
  const allowed = steps.filter((step) =>
    step === 'submit' || (step === 'withdraw' && invoice.billNumber === null) ? may.enter : may.approve,
  )
  return (
    <>
      {invoice.actions.includes('change') && may.enter && (
        <Link to={`/finance/invoices/${invoice.id}/change`}>
          <Button>{t('steps.change')}</Button>
        </Link>
      )}
      {allowed.map((step) => (
        <Button
          key={step}
          type={first.includes(step) ? 'primary' : 'default'}
          loading={busy && first.includes(step)}
          onClick={() => void start(step)}
        >
          {t(`steps.${step}`)}
        </Button>
      ))}
      <EditModal<{ reason: string }>
        open={asking !== undefined}
        title={asking ? t(`steps.${asking}`) : ''}
        submitText={asking ? t(`steps.${asking}`) : ''}
        danger={asking === 'reject' || asking === 'withdraw'}
        allowUnchanged
        onClose={() => setAsking(undefined)}
        onSubmit={async ({ reason }) => {
          if (asking) await run(asking, { version: invoice.version, reason })
        }}
      >
        {asking && <p>{t(`steps.ask.${asking}`)}</p>}
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={300} rows={3} />
        </Form.Item>
      </EditModal>
    </>
  )
}
