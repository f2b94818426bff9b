import { DatePicker, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { readMoney, writeMoney } from '#values/money.ts'
import { type Payable, PaymentMethod, payableApi } from '../payable-contract.ts'

interface Values {
  day: Dayjs
  method: 'bank' | 'acceptance' | 'offset' | 'other'
  reference: string
  amounts: Record<string, string>
}

const AMOUNT = /^-?\d{1,15}(\.\d{1,2})?$/

/** One payment to one partner for the payables chosen. */
export function PayPayables({ rows, open, onClose, onDone }: { rows: Payable[]; open: boolean; onClose: () => void; onDone: () => void }) {
  const t = useWords('finance')
  const [first] = rows
  const oneKind = rows.every((row) => row.partner.orgId === first?.partner.orgId && row.gross.currency === first?.gross.currency)
  const settled = rows.some((row) => row.settledOn !== null)
  const reason = oneKind ? (settled ? t('payments.settledChosen') : undefined) : t('payments.onePartner')
  const total = rows.reduce((sum, row) => sum + readMoney(row.open), 0n)
  return (
    <EditDrawer<Values>
      open={open}
      title={t('payments.recordTo', { partner: first?.partner.name ?? '' })}
      initialValues={{
        day: pickedOfInstant(nowMs()),
        method: total === 0n ? 'offset' : 'bank',
        reference: '',
        amounts: Object.fromEntries(rows.map((row) => [row.id, row.open.amount])),
      }}
      allowUnchanged
      disabledReason={reason}
      successText={t('payments.recorded')}
      onClose={onClose}
      onSubmit={async ({ day, method, reference, amounts }) => {
        if (!first) return
        await call(payableApi.pay, {
          body: {
            partnerId: first.partner.orgId,
            day: day.format('YYYY-MM-DD'),
            method,
            reference: reference ?? '',
            allocations: rows.map((row) => ({
              payableId: row.id,
              amount: { currency: row.gross.currency, amount: amounts[row.id] ?? row.open.amount },
            })),
          },
        })
        onDone()
      }}
    >
      <p className="ls-quiet">
        {t('payments.openTotal', { amount: first ? formatMoney(writeMoney(first.gross.currency, oneKind ? total : 0n)) : '—' })}
      </p>
      <Form.Item name="day" label={t('payments.day')} rules={[{ required: true }]}>
        <DatePicker />
      </Form.Item>
      <Form.Item name="method" label={t('payments.method')} extra={t('payments.methodHint')} rules={[{ required: true }]}>
        <Select options={PaymentMethod.options.map((value) => ({ value, label: t(`payments.methods.${value}`) }))} />
      </Form.Item>
      <Form.Item name="reference" label={t('payments.reference')}>
        <Input maxLength={100} />
      </Form.Item>
      {rows.map((row) => (
        <Form.Item
          key={row.id}
          name={['amounts', row.id]}
          label={t('payments.amountFor', { invoice: row.invoiceNumber, open: formatMoney(row.open) })}
          rules={[{ required: true, pattern: AMOUNT, message: t('amountForm') }]}
        >
          <Input inputMode="decimal" />
        </Form.Item>
      ))}
    </EditDrawer>
  )
}
