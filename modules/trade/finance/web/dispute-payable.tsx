import { Form, Input } from 'antd'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { type Payable, payableApi } from '../payable-contract.ts'

interface Values {
  disputed: string
  reason: string
}

export function DisputePayable({ payable, onClose, onDone }: { payable: Payable | undefined; onClose: () => void; onDone: () => void }) {
  const t = useWords('finance')
  return (
    <EditModal<Values>
      open={payable !== undefined}
      title={t('payables.disputeTitle')}
      initialValues={{ disputed: payable?.disputed.amount ?? '0.00', reason: payable?.disputeReason ?? '' }}
      fieldOfCode={{ 'finance.tooMuch': 'disputed' }}
      onClose={onClose}
      onSubmit={async ({ disputed, reason }) => {
        if (!payable) return
        await call(payableApi.dispute, {
          params: { id: payable.id },
          body: { version: payable.version, disputed: { currency: payable.gross.currency, amount: disputed }, reason: reason ?? '' },
        })
        onDone()
      }}
    >
      <p className="ls-quiet">{t('payables.disputeHint', { open: formatMoney(payable?.open) })}</p>
      <Form.Item
        name="disputed"
        label={t('payables.disputedAmount')}
        rules={[{ required: true, pattern: /^\d{1,15}(\.\d{1,2})?$/, message: t('amountForm') }]}
      >
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="reason" label={t('reason')}>
        <Input.TextArea maxLength={300} rows={2} />
      </Form.Item>
    </EditModal>
  )
}
