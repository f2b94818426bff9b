import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Segmented } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { readDecimal, writeDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { type Receipt, receivingApi } from '../receiving-contract.ts'
import { newKey } from './receipt-queue.ts'

interface Values {
  reason: string
  quantities: Record<string, string | undefined>
  places: Record<string, 'warehouse' | 'quarantine' | undefined>
}

/** Accepted goods go back to the supplier. */
export function ReturnForm({ receipt, onClose }: { receipt: Receipt; onClose: () => void }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const client = useQueryClient()
  // The same key for a second try: what went through without an answer is not returned twice.
  const [returnKey] = useState(newKey)
  const rows = receipt.lines
    .map((line) => ({
      line,
      most:
        ['accepted', 'quarantined'].reduce((sum, key) => sum + (readDecimal(line[key as 'accepted']) ?? 0n), 0n) -
        (readDecimal(line.excess) ?? 0n) -
        (readDecimal(line.returned) ?? 0n),
    }))
    .filter(({ most }) => most > 0n)
  return (
    <EditDrawer<Values>
      open
      title={t('returnTitle', { number: receipt.number })}
      danger
      submitText={t('return')}
      onClose={onClose}
      onSubmit={async ({ reason, quantities, places }) => {
        const lines = rows.flatMap(({ line }) => {
          const quantity = quantities[line.id]?.trim()
          return quantity ? [{ receiptLineId: line.id, quantity, from: places?.[line.id] ?? ('warehouse' as const) }] : []
        })
        await call(receivingApi.returnGoods, { body: { returnKey, receiptId: receipt.id, reason, lines } })
        await client.invalidateQueries({ queryKey: ['logistics'] })
      }}
    >
      <p className="ls-quiet">{t('returnHint')}</p>
      <Form.Item name="reason" label={t('reason')} rules={[{ required: true, message: t('required') }]}>
        <Input maxLength={200} />
      </Form.Item>
      {rows.map(({ line, most }) => (
        <div key={line.id}>
          <Form.Item
            name={['quantities', line.id]}
            label={`${line.materialCode} ${line.materialName} ${line.lot ?? ''}`}
            extra={t('atMost', { most: writeDecimal(most), unit: unitName(line.unit, locale === 'en-US') })}
            rules={[
              {
                validator: async (_, value: string | undefined) => {
                  if (!value?.trim()) return
                  const quantity = readDecimal(value.trim())
                  if (quantity === undefined || quantity <= 0n || quantity > most)
                    throw new Error(t('atMost', { most: writeDecimal(most), unit: unitName(line.unit, locale === 'en-US') }))
                },
              },
            ]}
          >
            <Input inputMode="decimal" suffix={unitName(line.unit, locale === 'en-US')} />
          </Form.Item>
          <Form.Item name={['places', line.id]} initialValue="warehouse">
            <Segmented options={(['warehouse', 'quarantine'] as const).map((value) => ({ value, label: t(`places.${value}`) }))} />
          </Form.Item>
        </div>
      ))}
    </EditDrawer>
  )
}
