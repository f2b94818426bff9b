import { useQueryClient } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { unitName } from '#values/units.ts'
import { type Receipt, type ReceiptLine, receivingApi } from '../receiving-contract.ts'
import { newKey } from './receipt-queue.ts'
import { atMost } from './return-form.tsx'

/** Set apart by hand: what waits for inspection is released by quality. */
const rowsToRelease = ({ lines }: Receipt): ReceiptLine[] => lines.filter((line) => !line.inspect && line.remains.quarantine !== '0')
export const canRelease = (receipt: Receipt) => rowsToRelease(receipt).length > 0

/** Own goods out of quarantine onto the shelf. */
export function ReleaseForm({ receipt, onClose }: { receipt: Receipt; onClose: () => void }) {
  const t = useWords('logistics')
  const english = useLocale() === 'en-US'
  const client = useQueryClient()
  // The same key for a second try: what went through without an answer is not released twice.
  const [releaseKey] = useState(newKey)
  const rows = rowsToRelease(receipt)
  return (
    <EditDrawer<{ quantities: Record<string, string | undefined> }>
      open
      title={t('releaseTitle', { number: receipt.number })}
      submitText={t('release')}
      allowUnchanged
      initialValues={{ quantities: Object.fromEntries(rows.map((line) => [line.id, line.remains.quarantine])) }}
      onClose={onClose}
      onSubmit={async ({ quantities }) => {
        const lines = rows.flatMap(({ id }) => {
          const quantity = quantities[id]?.trim()
          return quantity ? [{ receiptLineId: id, quantity }] : []
        })
        await call(receivingApi.releaseGoods, { body: { releaseKey, receiptId: receipt.id, lines } })
        await client.invalidateQueries({ queryKey: ['logistics'] })
      }}
    >
      <p className="ls-quiet">{t('releaseHint', { warehouse: receipt.warehouse })}</p>
      {rows.map((line) => {
        const most = t('atMost', { most: line.remains.quarantine, unit: unitName(line.unit, english) })
        return (
          <Form.Item
            key={line.id}
            name={['quantities', line.id]}
            label={`${line.materialCode} ${line.materialName} ${line.lot ?? ''}`}
            extra={most}
            rules={[atMost(line.remains.quarantine, most)]}
          >
            <Input inputMode="decimal" suffix={unitName(line.unit, english)} />
          </Form.Item>
        )
      })}
    </EditDrawer>
  )
}
