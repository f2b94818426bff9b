import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, DatePicker, Form, Input, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, download, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { formatDate, formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Notice } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import type { AccrualLineId } from '../contract.ts'
import type { Invoice } from '../invoice-contract.ts'
import { selfBillApi } from '../self-bill-contract.ts'
import { financeQueries } from './queries.ts'

/** Whose turn it is with a self-bill that has no tax invoice yet. */
export function SelfBillFinding({ invoice }: { invoice: Invoice }) {
  const t = useWords('finance')
  const buyer = invoice.side === 'buyer'
  if (invoice.state === 'proposed')
    return buyer ? (
      <Notice kind="info" title={t('selfBill.waiting')} text={t('selfBill.waitingHint')} />
    ) : (
      <Notice kind="info" title={t('selfBill.check')} text={t('selfBill.checkHint')} />
    )
  if (invoice.state === 'disputed')
    return (
      <Notice
        kind="warning"
        title={t('selfBill.disputed', { reason: invoice.disputeReason ?? '' })}
        text={t(buyer ? 'selfBill.disputedHint' : 'selfBill.disputedOwnHint')}
      />
    )
  if (invoice.state !== 'confirmed') return null
  return buyer ? (
    <Notice kind="success" title={t('selfBill.confirmed')} text={t('selfBill.confirmedHint')} />
  ) : (
    <Notice kind="info" title={t('selfBill.toIssue')} text={t('selfBill.toIssueHint', { gross: formatMoney(invoice.gross) })} />
  )
}

type Asked = 'revise' | 'dispute' | 'issue'

/** The steps of a self-bill that an ordinary invoice does not have. */
export function SelfBillSteps({ invoice }: { invoice: Invoice }) {
  const t = useWords('finance')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [asking, setAsking] = useState<Asked>()
  const [busy, setBusy] = useState(false)
  const may = { enter: useCan('finance.enterInvoices'), approve: useCan('finance.approve') }
  const can = (step: Asked | 'confirm') => invoice.actions.includes(step) && (step === 'revise' ? may.approve : may.enter)
  // What was left out before stays left out until it is chosen again.
  const usage = useQuery({ ...financeQueries.openUsage(invoice.partner.orgId), enabled: asking === 'revise' })
  const leftOut = usage.data?.items.filter((line) => line.day <= (invoice.billDay ?? invoice.day))
  const { version } = invoice
  const params = { id: invoice.id }
  const after = () => client.invalidateQueries({ queryKey: ['finance'] })
  const confirm = async () => {
    setBusy(true)
    await call(selfBillApi.confirmSelfBill, { params, body: { version } })
      .then(after)
      .then(
        () => message.success(t('steps.done.confirm')),
        (error: unknown) => message.error(errorText(error, t)),
      )
    setBusy(false)
  }
  const form = (step: Asked) => ({
    open: asking === step,
    title: t(`steps.${step}`),
    submitText: t(`steps.${step}`),
    successText: t(`steps.done.${step}`),
    allowUnchanged: true,
    onClose: () => setAsking(undefined),
  })
  const print = () => download(selfBillApi.printSelfBill, { params }).catch((error: unknown) => message.error(errorText(error, t)))
  return (
    <>
      {invoice.billNumber !== null && <Button onClick={() => void print()}>{t('print')}</Button>}
      {can('dispute') && <Button onClick={() => setAsking('dispute')}>{t('steps.dispute')}</Button>}
      {can('confirm') && (
        <Button type="primary" loading={busy} onClick={() => void confirm()}>
          {t('steps.confirm')}
        </Button>
      )}
      {can('revise') && (
        <Button type={invoice.state === 'disputed' ? 'primary' : 'default'} onClick={() => setAsking('revise')}>
          {t('steps.revise')}
        </Button>
      )}
      {can('issue') && (
        <Button type="primary" onClick={() => setAsking('issue')}>
          {t('steps.issue')}
        </Button>
      )}
      <EditModal<{ reason: string }>
        {...form('dispute')}
        onSubmit={async ({ reason }) => {
          await call(selfBillApi.disputeSelfBill, { params, body: { version, reason } })
          await after()
        }}
      >
        <p>{t('steps.ask.dispute')}</p>
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={300} rows={3} />
        </Form.Item>
      </EditModal>
      <EditDrawer<{ untilDay: Dayjs; leaveOut: AccrualLineId[] }>
        {...form('revise')}
        open={asking === 'revise' && leftOut !== undefined}
        initialValues={{ untilDay: dayjs(invoice.billDay ?? invoice.day), leaveOut: leftOut?.map((line) => line.id) ?? [] }}
        onSubmit={async ({ untilDay, leaveOut }) => {
          await call(selfBillApi.reviseSelfBill, { params, body: { version, untilDay: untilDay.format('YYYY-MM-DD'), leaveOut } })
          await after()
        }}
      >
        <Form.Item name="untilDay" label={t('selfBill.reviseUntil')} rules={[{ required: true }]}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="leaveOut" label={t('selfBill.leaveOut')}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={[...invoice.lines, ...(leftOut ?? [])].map((line) => ({
              value: line.id,
              label: `${line.receiptNumber} ${formatDate(line.day)} ${line.materialCode} ${line.materialName}`,
            }))}
          />
        </Form.Item>
      </EditDrawer>
      <EditModal<{ code?: string; number: string; day: Dayjs }>
        {...form('issue')}
        initialValues={{ day: pickedOfInstant(nowMs()) }}
        fieldOfCode={{ 'finance.numberTaken': 'number', 'finance.codeMissing': 'code' }}
        onSubmit={async ({ code, number, day }) => {
          const body = { version, code: code?.trim() || null, number: number.trim(), day: day.format('YYYY-MM-DD') }
          await call(selfBillApi.issueSelfBill, { params, body })
          await after()
        }}
      >
        <p>{t('selfBill.toIssueHint', { gross: formatMoney(invoice.gross) })}</p>
        <Form.Item
          name="number"
          label={t('invoices.number')}
          extra={t('selfBill.issueHint')}
          rules={[{ required: true, pattern: /^\s*([0-9]{8}|[0-9]{20})\s*$/, message: t('entry.wrong.number') }]}
        >
          <Input inputMode="numeric" maxLength={24} />
        </Form.Item>
        <Form.Item
          name="code"
          label={t('invoices.code')}
          rules={[{ pattern: /^\s*([0-9]{10}([0-9]{2})?)?\s*$/, message: t('entry.wrong.code') }]}
        >
          <Input inputMode="numeric" maxLength={14} />
        </Form.Item>
        <Form.Item name="day" label={t('invoices.day')} rules={[{ required: true }]}>
          <DatePicker />
        </Form.Item>
      </EditModal>
    </>
  )
}
